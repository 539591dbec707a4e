using DiVLA.Control.Policy.Onnx;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Embodiment;

/// <summary>The robot's state in the policy's own terms, `state [1, 11]`: where the tool is, not where the joints are.</summary>
/// <remarks>
/// Numbers: tool position, first and second column of its rotation, gripper width, holding flag. The constants are the policy's
/// (`tool-pose-11/v1`), the kinematics are the arm's: that is why one policy drives arms of several makes.
/// </remarks>
internal sealed class TaskSpaceState : IDisposable
{
    /// <summary>Names the meaning of the numbers in policy.json and in profiles.</summary>
    public const string Id = "tool-pose-11/v1";

    /// <summary>S.</summary>
    public const int Size = 11;

    private readonly ArmKinematics _kinematics;

    public TaskSpaceState(ArmKinematics kinematics) => _kinematics = kinematics;

    public GraphTensor<float> State { get; } = new(1, Size);

    /// <summary>Computes the state, unless the robot's report has another number of joints or a number that is not finite.</summary>
    public PolicyFault Run(in RobotState robot)
    {
        if (!IsUsable(robot.Joints) || !IsUsable(robot.CommandedJoints) || !double.IsFinite(robot.GripperWidth))
            return new PolicyFault(PolicyOutcome.RejectedState, PolicyStage.Embodiment);
        var tool = _kinematics.ToolPose(robot.Joints.AsSpan());
        var state = State.Span;
        state[0] = (float)((tool.X - 0.5) / 0.1);
        state[1] = (float)(tool.Y / 0.15);
        state[2] = (float)((tool.Z - 0.15) / 0.1);
        Write(tool.AxisX, state[3..6]);
        Write(tool.AxisY, state[6..9]);
        state[9] = (float)(robot.GripperWidth / 0.04 - 1);
        state[10] = robot.IsHolding ? 1 : -1;
        return default;
    }

    /// <inheritdoc/>
    public void Dispose() => State.Dispose();

    private bool IsUsable(in JointPositions joints) => joints.Count == _kinematics.JointCount && joints.IsFinite();

    private static void Write(Vector3d axis, Span<float> numbers) =>
        (numbers[0], numbers[1], numbers[2]) = ((float)axis.X, (float)axis.Y, (float)axis.Z);
}
