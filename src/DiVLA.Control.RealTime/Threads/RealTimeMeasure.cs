namespace DiVLA.Control.RealTime;

/// <summary>Something that makes the loop thread more punctual.</summary>
public enum RealTimeMeasure
{
    /// <summary>Timers of the thread may fire 1 ns late instead of 50 us.</summary>
    TimerSlack,

    /// <summary>The thread preempts every ordinary one.</summary>
    FifoPriority,

    /// <summary>The thread stays on one processor.</summary>
    CpuAffinity,

    /// <summary>Memory that the process has touched is never paged out.</summary>
    MemoryLock,
}

/// <summary>What came of a measure.</summary>
public enum RealTimeOutcome
{
    /// <summary>In force.</summary>
    Granted,

    /// <summary>The operating system said no.</summary>
    Refused,

    /// <summary>The options do not ask for it.</summary>
    NotRequested,

    /// <summary>There is no such thing on this operating system.</summary>
    Unsupported,
}

/// <summary>One measure and what came of it.</summary>
/// <param name="Measure">What was tried.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="Detail">The value in force, or the operating system's reason for refusing.</param>
public sealed record RealTimeMeasureResult(RealTimeMeasure Measure, RealTimeOutcome Outcome, string Detail)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Measure}: {Outcome} ({Detail})";
}

/// <summary>What came of every measure, in the order of <see cref="RealTimeMeasure"/>. To be logged by the host, refusals as warnings.</summary>
public sealed record RealTimeReport(IReadOnlyList<RealTimeMeasureResult> Results)
{
    /// <summary>Measures that were asked for and are not in force.</summary>
    public IEnumerable<RealTimeMeasureResult> Denied => Results.Where(result => result.Outcome is RealTimeOutcome.Refused or RealTimeOutcome.Unsupported);
}

/// <summary>Measures that the options enforce were refused; the loop does not start.</summary>
public sealed class RealTimeRefusedException(RealTimeReport report)
    : Exception($"Refused by the operating system: {string.Join("; ", report.Denied)}. Grant CAP_SYS_NICE and CAP_IPC_LOCK, or set strictness to Prefer.")
{
    /// <summary>What came of every measure.</summary>
    public RealTimeReport Report { get; } = report;
}
