namespace DiVLA.Control.RealTime;

/// <summary>What a loop has done so far, as of one instant between two ticks.</summary>
public sealed record LoopStatisticsSnapshot
{
    /// <summary>Ticks that were due up to and including the last one served. Always <see cref="CommandsSent"/> + <see cref="Missed"/>.</summary>
    public required long TicksDue { get; init; }

    /// <summary>Commands posted, one a served tick. Always the sum of the four ladder states.</summary>
    public required long CommandsSent { get; init; }

    /// <summary>Ticks that passed without a command.</summary>
    public required long Missed { get; init; }

    /// <summary>Ticks after the last one served whose successor is due as well by the clock: no command can come for them any more. Not yet in <see cref="Missed"/>.</summary>
    public long Overdue { get; init; }

    /// <summary>From the first tick's instant until now, or until the loop ended or was asked to. Unit: ns.</summary>
    public long ElapsedNs { get; init; }

    /// <summary>Longest run of missed ticks.</summary>
    public required long LongestMissedRun { get; init; }

    /// <summary>Commands posted more than 1 ms after their instant.</summary>
    public required long LateOver1Ms { get; init; }

    public required long Fresh { get; init; }

    public required long Reused { get; init; }

    public required long Hold { get; init; }

    public required long Stopped { get; init; }

    /// <summary>Commands that the limiter changed.</summary>
    public required long Limited { get; init; }

    /// <summary>Ticks that <see cref="BytesAllocated"/> were counted over: all but those of the warm-up.</summary>
    public required long TicksAfterWarmUp { get; init; }

    /// <summary>Bytes that the loop thread allocated on the managed heap since the warm-up.</summary>
    public required long BytesAllocated { get; init; }

    /// <summary>From a tick's instant until its command was posted; one value a command.</summary>
    public required LatencyPercentiles Lateness { get; init; }

    /// <summary>Unit: bytes.</summary>
    public double BytesAllocatedPerTick => TicksAfterWarmUp == 0 ? 0 : (double)BytesAllocated / TicksAfterWarmUp;
}
