using DiVLA.Control.Robot;

namespace DiVLA.Control.Training.Data;

/// <summary>The 11 numbers that the policy knows of the arm: tool pose, gripper, holding flag. No joints.</summary>
internal static class TaskState
{
    public const int Size = 11;

    /// <summary>Writes the state, see docs/model.md.</summary>
    public static void Write(in RigidTransform tool, double gripperWidth, bool isHolding, Span<float> state)
    {
        state[0] = (float)((tool.X - 0.5) / 0.1);
        state[1] = (float)(tool.Y / 0.15);
        state[2] = (float)((tool.Z - 0.15) / 0.1);
        (state[3], state[4], state[5]) = ((float)tool.R00, (float)tool.R10, (float)tool.R20);
        (state[6], state[7], state[8]) = ((float)tool.R01, (float)tool.R11, (float)tool.R21);
        state[9] = (float)(gripperWidth / 0.04 - 1);
        state[10] = isHolding ? 1 : -1;
    }
}
