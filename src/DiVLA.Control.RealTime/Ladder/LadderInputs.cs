using DiVLA.Control.Robot;

namespace DiVLA.Control.RealTime;

/// <summary>All that the ladder knows at one tick.</summary>
/// <param name="Due">The tick's instant.</param>
/// <param name="Newest">Newest observation received.</param>
/// <param name="LeaseRenewed">Controller's last sign of life.</param>
/// <param name="Stop">Stop that is asked for.</param>
internal readonly record struct LadderInputs(MonotonicTime Due, ObservationMark Newest, MonotonicTime LeaseRenewed, StopReason? Stop);

/// <summary>Where the ladder stands, and why.</summary>
internal readonly record struct LadderDecision(LadderState State, LadderReason Reason)
{
    /// <summary>True where the trajectory is to be followed.</summary>
    public bool Follows => State is LadderState.Fresh or LadderState.Reused;
}
