using HdrHistogram;

namespace DiVLA.Control.RealTime;

/// <summary>A histogram of durations. One thread writes: it takes no lock, waits for no reader and allocates nothing. Any thread reads.</summary>
/// <remarks>
/// Readers copy and then look whether they were overtaken. With a lock instead, a reader that counts percentiles would stop the writer for as long,
/// and the writer's first wait for a lock costs it an object.
/// </remarks>
public sealed class LatencyHistogram
{
    private const long HighestNs = 60_000_000_000;
    private const int SignificantDigits = 3;

    // Fixed range: it never resizes.
    private readonly LongHistogram _written = new(1, HighestNs, SignificantDigits);
    private readonly LongHistogram _copy = new(1, HighestNs, SignificantDigits);
    private readonly Lock _readers = new();
    private SequenceGuard _guard;

    /// <summary>Records one duration. Unit: ns. Below 0 counts as 0, as a clock estimate may be off by a little; above a minute as a minute.</summary>
    public void RecordFromWriter(long nanoseconds)
    {
        _guard.BeginWrite();
        _written.RecordValue(Math.Clamp(nanoseconds, 0, HighestNs));
        _guard.EndWrite();
    }

    /// <summary>The percentiles as of one instant between two records. Allocates nothing.</summary>
    public LatencyPercentiles Read()
    {
        lock (_readers)
        {
            CopyBetweenRecords();
            return Percentiles();
        }
    }

    /// <summary>How often each duration was recorded, as of one instant between two records. Those that were never are left out.</summary>
    /// <returns>In rising order. Unit: ns.</returns>
    internal List<(long Nanoseconds, long Count)> ReadCounts()
    {
        lock (_readers)
        {
            CopyBetweenRecords();
            return [.. _copy.RecordedValues().Select(value => (value.ValueIteratedTo, value.CountAddedInThisIterationStep))];
        }
    }

    private LatencyPercentiles Percentiles() =>
        _copy.TotalCount == 0 ? default : new(_copy.TotalCount, At(50), At(90), At(99), At(99.9), _copy.GetMaxValue() / 1e3);

    private void CopyBetweenRecords()
    {
        var wait = new SpinWait();
        while (true)
        {
            if (_guard.TryBeginRead(out var version))
            {
                _copy.Reset();
                _copy.Add(_written);
                if (_guard.EndRead(version)) return;
            }
            wait.SpinOnce();
        }
    }

    private double At(double percentile) => _copy.GetValueAtPercentile(percentile) / 1e3;
}

/// <summary>The durations below which shares of all were, and the longest. Unit: us. All 0 where nothing was recorded.</summary>
/// <param name="Count">Durations recorded.</param>
/// <param name="P50Us">Median.</param>
/// <param name="P90Us">90 %.</param>
/// <param name="P99Us">99 %.</param>
/// <param name="P999Us">99.9 %.</param>
/// <param name="MaxUs">The longest.</param>
public readonly record struct LatencyPercentiles(long Count, double P50Us, double P90Us, double P99Us, double P999Us, double MaxUs);
