using DiVLA.Control.RealTime;

namespace DiVLA.Control.Service.Sessions;

/// <summary>Says in the log what the limiter changed: each joint at most once a second, with its largest change since the last line. Used by one thread, not the loop's.</summary>
internal sealed class InterventionReporter(InterventionLog interventions, IReadOnlyList<string> jointNames, SessionLog log, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private long _reported;
    private long? _saidAt;

    /// <summary>Says what is new, unless something was said a moment ago.</summary>
    public void Report()
    {
        if (_saidAt is not { } saidAt || clock.GetElapsedTime(saidAt) >= Pause) ReportAll();
    }

    /// <summary>Says what is new, now.</summary>
    public void ReportAll()
    {
        var total = interventions.Total;
        if (total == _reported) return;
        var last = interventions.Snapshot();
        foreach (var changes in last.TakeLast((int)Math.Min(total - _reported, last.Count)).GroupBy(change => change.Joint)) Say(changes.Key, [.. changes]);
        _reported = total;
        _saidAt = clock.GetTimestamp();
    }

    private void Say(int joint, LimiterIntervention[] changes)
    {
        var largest = changes.MaxBy(change => Math.Abs(change.Before - change.After));
        log.Intervened(FlightLog.JointName(jointNames, joint), largest, changes.Length);
    }
}
