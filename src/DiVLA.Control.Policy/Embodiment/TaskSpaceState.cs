using DiVLA.Control.Policy.Onnx;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Embodiment;

/// <summary>The robot's state in the policy's own terms, `state [1, S]`, by the arm's kinematics.</summary>
/// <remarks>The numbers' meaning is the policy's (<see cref="ToolPoseState"/>), the kinematics are the arm's: that is why one policy drives arms of several makes.</remarks>
internal sealed class TaskSpaceState : IEmbodimentState
{
    private readonly ArmKinematics _kinematics;

    public TaskSpaceState(ArmKinematics kinematics) => _kinematics = kinematics;

    /// <inheritdoc/>
    public GraphTensor<float> State { get; } = new(1, ToolPoseState.Size);

    /// <inheritdoc/>
    public PolicyFault Run(in RobotState robot)
    {
        if (!RobotReport.IsUsable(robot, _kinematics.JointCount)) return RobotReport.Rejected;
        ToolPoseState.Write(_kinematics.ToolPose(robot.Joints.AsSpan()), robot.GripperWidth, robot.IsHolding, State.Span);
        return default;
    }

    /// <inheritdoc/>
    public void Dispose() => State.Dispose();
}
