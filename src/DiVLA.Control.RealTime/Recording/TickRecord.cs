namespace DiVLA.Control.RealTime;

/// <summary>One served tick, as the flight recorder remembers it.</summary>
/// <param name="Command">What was posted, and why.</param>
/// <param name="Skipped">Ticks missed directly before this one.</param>
/// <param name="WakeLatenessNs">From the tick's instant until the loop was awake. Unit: ns.</param>
/// <param name="PostLatenessNs">From the tick's instant until the command was posted. Unit: ns.</param>
public record struct TickRecord(TickCommand Command, long Skipped, long WakeLatenessNs, long PostLatenessNs)
{
    /// <summary>From waking up until the command was posted. Unit: ns.</summary>
    public readonly long WorkNs => PostLatenessNs - WakeLatenessNs;
}
