using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Embodiment;

/// <summary>What the numbers of the policy's `state` mean: where the tool is, not where the joints are.</summary>
/// <remarks>
/// Tool position, first and second column of its rotation, gripper width, holding flag, each scaled to about one; see docs/model.md.
/// Training writes its states here as well, so that a policy is served what it was taught.
/// </remarks>
public static class ToolPoseState
{
    /// <summary>Names the meaning of the numbers in policy.json and in profiles.</summary>
    public const string Id = TaskSpaceTerms.StateId;

    /// <summary>S.</summary>
    public const int Size = 11;

    /// <summary>Writes the numbers `[S]`. Does not allocate.</summary>
    /// <param name="tool">Pose in the table frame.</param>
    /// <param name="gripperWidth">Unit: m.</param>
    /// <param name="isHolding">Whether the gripper holds something.</param>
    /// <param name="state">Where to.</param>
    public static void Write(in RigidTransform tool, double gripperWidth, bool isHolding, Span<float> state)
    {
        state[0] = (float)((tool.X - 0.5) / 0.1);
        state[1] = (float)(tool.Y / 0.15);
        state[2] = (float)((tool.Z - 0.15) / 0.1);
        Write(tool.AxisX, state[3..6]);
        Write(tool.AxisY, state[6..9]);
        state[9] = (float)(gripperWidth / 0.04 - 1);
        state[10] = isHolding ? 1 : -1;
    }

    private static void Write(Vector3d axis, Span<float> numbers) =>
        (numbers[0], numbers[1], numbers[2]) = ((float)axis.X, (float)axis.Y, (float)axis.Z);
}
