using DiVLA.Control.Robot;

namespace DiVLA.Control.Simulator.Expert;

/// <summary>Phases of a task, by the word that the reasoning phrase uses.</summary>
public enum TaskPhase
{
    Reaching,
    Grasping,
    Carrying,
    Releasing,
    Resting,
}

/// <summary>What the expert would do now.</summary>
/// <param name="Phase">Where in the task it is.</param>
/// <param name="Velocity">Of the tool. Unit: m/s.</param>
/// <param name="Rotation">Of the tool, in the table frame. Unit: rad/s.</param>
/// <param name="IsGripperOpen">True to open, false to close.</param>
public readonly record struct ExpertAdvice(TaskPhase Phase, Vector3d Velocity, Vector3d Rotation, bool IsGripperOpen);
