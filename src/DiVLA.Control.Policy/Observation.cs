using DiVLA.Control.Policy.Decode;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy;

/// <summary>What the robot saw and felt at one instant. Lives on the stack; borrows the frames.</summary>
public readonly ref struct Observation
{
    /// <summary>Counts up within a session; named in the phrases that are decoded from this observation.</summary>
    public required ulong Sequence { get; init; }

    /// <summary>When the frames were exposed, on the service's clock. Later than that of the observation before.</summary>
    public required MonotonicTime CapturedAt { get; init; }

    /// <summary>One for each camera of the policy, in any order.</summary>
    public required ReadOnlySpan<CameraFrame> Frames { get; init; }

    /// <summary>What the arm reports.</summary>
    public required RobotState State { get; init; }
}
