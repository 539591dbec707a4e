using DiVLA.Control.Protocol.V1;

namespace DiVLA.Control.Cli.Bench;

/// <summary>How long something took. Unit: ms.</summary>
internal sealed record BenchTimes(double P50, double P99, double Max)
{
    private const double NsPerMs = 1e6;
    private const double UsPerMs = 1e3;

    /// <summary>Of times in ns; at least one.</summary>
    public static BenchTimes OfNs(IEnumerable<long> times)
    {
        var sorted = times.Order().ToArray();
        return new BenchTimes(At(sorted, 0.5), At(sorted, 0.99), sorted[^1] / NsPerMs);
    }

    /// <summary>As the service measured them.</summary>
    public static BenchTimes Of(LatencyPercentiles latency) => new(latency.P50Us / UsPerMs, latency.P99Us / UsPerMs, latency.MaxUs / UsPerMs);

    // The least time that this share of all is not above.
    private static double At(long[] sorted, double share) => sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)] / NsPerMs;
}
