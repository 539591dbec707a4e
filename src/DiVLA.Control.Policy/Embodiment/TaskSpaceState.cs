using DiVLA.Control.Policy.Onnx;
using DiVLA.Control.Policy.Onnx.Devices;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Embodiment;

/// <summary>The robot's state in the policy's own terms, `state [1, S]`, by the arm's kinematics.</summary>
/// <remarks>The numbers' meaning is the policy's (<see cref="ToolPoseState"/>), the kinematics are the arm's: that is why one policy drives arms of several makes.</remarks>
internal sealed class TaskSpaceState : IEmbodimentState
{
    private readonly ArmKinematics _kinematics;

    /// <param name="kinematics">The arm.</param>
    /// <param name="device">Where graphs run; null for the host.</param>
    public TaskSpaceState(ArmKinematics kinematics, DeviceMemory? device = null) =>
        (_kinematics, State) = (kinematics, new GraphTensor<float>(device, 1, ToolPoseState.Size));

    /// <inheritdoc/>
    public GraphTensor<float> State { get; }

    /// <inheritdoc/>
    public PolicyFault Run(in RobotState robot)
    {
        if (!RobotReport.IsUsable(robot, _kinematics.JointCount)) return RobotReport.Rejected;
        ToolPoseState.Write(_kinematics.ToolPose(robot.Joints.AsSpan()), robot.GripperWidth, robot.IsHolding, State.Span);
        State.Upload();
        return default;
    }

    /// <inheritdoc/>
    public void Dispose() => State.Dispose();
}
