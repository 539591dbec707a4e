using DiVLA.Control.RealTime;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Service.Sessions;

/// <summary>What was measured in the last second or so, once for all who watch: percentiles since the beginning say little about now. Any thread.</summary>
/// <remarks>Made when somebody looks. Where nobody has for a while, the first look finds more than a second and shows nothing.</remarks>
internal sealed class RecentMeasures(SessionMeasures measures)
{
    // Looks come once a second from each reader; all that come within one period see the same.
    private const long PeriodNs = 750_000_000;
    private const long LongestNs = 3_000_000_000;

    private readonly Lock _gate = new();
    private LatencyWindow? _lateness;
    private Dictionary<string, LatencyWindow>? _stages;
    private MonotonicTime _readAt;
    private Wire.LatencyPercentiles? _recentLateness;
    private Dictionary<string, Wire.LatencyPercentiles> _recentStages = [];

    /// <summary>Adds the last second to a picture of the whole session.</summary>
    public Wire.SessionStatistics AddTo(Wire.SessionStatistics statistics, MonotonicTime now)
    {
        lock (_gate)
        {
            if (_lateness is null || now - _readAt >= PeriodNs) Read(now);
            if (_recentLateness is null) return statistics;
            statistics.RecentLateness = _recentLateness;
            foreach (var stage in statistics.Stages) stage.Recent = _recentStages[stage.Stage];
            return statistics;
        }
    }

    private void Read(MonotonicTime now)
    {
        var isRecent = _lateness is not null && now - _readAt <= LongestNs;
        _lateness ??= new LatencyWindow(measures.Commands.Lateness);
        _stages ??= measures.Stages().ToDictionary(stage => stage.Stage, stage => new LatencyWindow(stage.Latency), StringComparer.Ordinal);
        var lateness = WireLatency.ToWire(_lateness.Read());
        var stages = _stages.ToDictionary(stage => stage.Key, stage => WireLatency.ToWire(stage.Value.Read()), StringComparer.Ordinal);
        (_readAt, _recentLateness, _recentStages) = (now, isRecent ? lateness : null, stages);
    }
}
