using HdrHistogram;

namespace DiVLA.Control.Service.Sessions;

/// <summary>A histogram of durations, written by one thread and read by any. Recording does not allocate.</summary>
internal sealed class LatencyHistogram
{
    private const long HighestNs = 60_000_000_000;
    private const int SignificantDigits = 3;
    private readonly Lock _gate = new();
    private readonly LongHistogram _histogram = new(1, HighestNs, SignificantDigits);

    /// <summary>Records one duration. Unit: ns. What is below 0 counts as 0: a clock estimate may be off by a little.</summary>
    public void Record(long nanoseconds)
    {
        lock (_gate) _histogram.RecordValue(Math.Clamp(nanoseconds, 0, HighestNs));
    }

    /// <summary>The percentiles so far.</summary>
    public Wire.LatencyPercentiles Read()
    {
        lock (_gate)
            return _histogram.TotalCount == 0 ? new Wire.LatencyPercentiles() : new Wire.LatencyPercentiles
            {
                Count = (ulong)_histogram.TotalCount,
                P50Us = At(50),
                P90Us = At(90),
                P99Us = At(99),
                P999Us = At(99.9),
                MaxUs = _histogram.GetMaxValue() / 1e3,
            };
    }

    private double At(double percentile) => _histogram.GetValueAtPercentile(percentile) / 1e3;
}
