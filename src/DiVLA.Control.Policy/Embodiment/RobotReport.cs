using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Embodiment;

/// <summary>Whether an arm's report can be read at all.</summary>
internal static class RobotReport
{
    /// <summary>How an inference ends that cannot read it.</summary>
    public static PolicyFault Rejected => new(PolicyOutcome.RejectedState, PolicyStage.Embodiment);

    /// <summary>True where every number is finite and there is one a joint.</summary>
    public static bool IsUsable(in RobotState robot, int jointCount) =>
        IsUsable(robot.Joints, jointCount) && IsUsable(robot.CommandedJoints, jointCount) && double.IsFinite(robot.GripperWidth);

    private static bool IsUsable(in JointPositions joints, int count) => joints.Count == count && joints.IsFinite();
}
