namespace DiVLA.Control.RealTime;

/// <summary>What a histogram has taken in since it was last read through here: percentiles since the beginning say little about now. Any thread.</summary>
public sealed class LatencyWindow
{
    private readonly LatencyHistogram _histogram;
    private readonly Lock _gate = new();
    private Dictionary<long, long> _before;

    /// <summary>Begins now: what was recorded before is left out.</summary>
    public LatencyWindow(LatencyHistogram histogram)
    {
        _histogram = histogram;
        _before = histogram.ReadCounts().ToDictionary();
    }

    /// <summary>The percentiles of what was recorded since the read before.</summary>
    public LatencyPercentiles Read()
    {
        lock (_gate)
        {
            var now = _histogram.ReadCounts();
            (long Nanoseconds, long Count)[] fresh =
                [.. now.Select(each => (each.Nanoseconds, each.Count - _before.GetValueOrDefault(each.Nanoseconds))).Where(each => each.Item2 > 0)];
            _before = now.ToDictionary();
            var total = fresh.Sum(each => each.Count);
            return total == 0
                ? default
                : new(total, At(fresh, total, 0.5), At(fresh, total, 0.9), At(fresh, total, 0.99), At(fresh, total, 0.999), fresh[^1].Nanoseconds / 1e3);
        }
    }

    private static double At((long Nanoseconds, long Count)[] fresh, long total, double share)
    {
        var left = (long)Math.Ceiling(total * share);
        return fresh.First(each => (left -= each.Count) <= 0).Nanoseconds / 1e3;
    }
}
