using DiVLA.Control.Policy.Onnx;
using DiVLA.Control.Policy.Onnx.Devices;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Embodiment;

/// <summary>The robot's state in the policy's own terms, `state [1, S]`, by the arm's kinematics.</summary>
/// <remarks>The numbers' meaning is the policy's (<see cref="ToolPoseState"/>), the kinematics are the arm's: that is why one policy drives arms of several makes.</remarks>
internal sealed class TaskSpaceState : IDisposable
{
    private readonly ArmKinematics _kinematics;

    /// <param name="kinematics">The arm.</param>
    /// <param name="device">Where graphs run; null for the host.</param>
    public TaskSpaceState(ArmKinematics kinematics, DeviceMemory? device = null) =>
        (_kinematics, State) = (kinematics, new GraphTensor<float>(device, 1, ToolPoseState.Size));

    public GraphTensor<float> State { get; }

    /// <summary>Computes the state, unless the robot's report has another number of joints or a number that is not finite.</summary>
    public PolicyFault Run(in RobotState robot)
    {
        if (!IsUsable(robot.Joints) || !IsUsable(robot.CommandedJoints) || !double.IsFinite(robot.GripperWidth))
            return new PolicyFault(PolicyOutcome.RejectedState, PolicyStage.Embodiment);
        ToolPoseState.Write(_kinematics.ToolPose(robot.Joints.AsSpan()), robot.GripperWidth, robot.IsHolding, State.Span);
        State.Upload();
        return default;
    }

    /// <inheritdoc/>
    public void Dispose() => State.Dispose();

    private bool IsUsable(in JointPositions joints) => joints.Count == _kinematics.JointCount && joints.IsFinite();
}
