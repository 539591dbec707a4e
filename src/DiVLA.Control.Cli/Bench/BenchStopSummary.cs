using DiVLA.Control.Policy.Onnx;

namespace DiVLA.Control.Cli.Bench;

/// <summary>What is to be measured.</summary>
/// <param name="Bundle">Folder of the bundle.</param>
/// <param name="Stops">Emergency stops.</param>
/// <param name="Arms">Arms driven meanwhile.</param>
/// <param name="Watchers">Operators who watch meanwhile.</param>
/// <param name="Busy">Threads that take processors meanwhile.</param>
/// <param name="Seed">Of the scenes, and of the instants at which arms are stopped.</param>
/// <param name="Onnx">Where graphs run.</param>
internal sealed record BenchStopSettings(string Bundle, int Stops, int Arms, int Watchers, int Busy, ulong Seed, OnnxOptions Onnx);

/// <summary>The last line of `bench stop --json`. Names are read by other people's jobs: they do not change.</summary>
/// <param name="Stops">Emergency stops: of all arms and of one in turn.</param>
/// <param name="Arms">Arms driven meanwhile: each stop of all gives as many values.</param>
/// <param name="Watchers">Operators who watched meanwhile.</param>
/// <param name="Busy">Threads that took processors meanwhile.</param>
/// <param name="RequestToSentMs">By the service: from the arrival of the request until the STOPPED command was handed to the transport.</param>
/// <param name="OfAllMs">The same, of the stops of all arms alone.</param>
/// <param name="OfOneMs">The same, of the stops of one arm alone.</param>
/// <param name="CallToRobotMs">By operator and robot, in this process: from the begin of the call until the robot had the command.</param>
/// <param name="Unmeasured">Stops of arms that lost their connection at that moment, on a machine that is too busy for them.</param>
/// <param name="FreshShare">FRESH commands as a share of those that followed a trajectory: how loaded the machine was. Range: [0, 1].</param>
/// <param name="Seed">As asked for.</param>
/// <param name="BundleRevision">Which weights drove the arms.</param>
internal sealed record BenchStopSummary(
    int Stops,
    int Arms,
    int Watchers,
    int Busy,
    BenchPercentiles RequestToSentMs,
    BenchPercentiles OfAllMs,
    BenchPercentiles OfOneMs,
    BenchPercentiles CallToRobotMs,
    int Unmeasured,
    double FreshShare,
    ulong Seed,
    string BundleRevision)
{
    /// <summary>Most that <see cref="RequestToSentMs"/> may have at p99. Unit: ms.</summary>
    public const double TargetMs = 15;

    public bool IsWithinTarget => RequestToSentMs.P99 <= TargetMs;
}

/// <summary>Durations below which shares of all were. Unit: ms.</summary>
internal sealed record BenchPercentiles(int Count, double P50, double P90, double P99, double Max)
{
    public static BenchPercentiles Of(IEnumerable<double> valuesMs)
    {
        double[] sorted = [.. valuesMs.Order()];
        return new(sorted.Length, At(0.5), At(0.9), At(0.99), At(1));

        // The smallest value that at least this share of all is not above.
        double At(double share) => sorted.Length == 0 ? 0 : sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
    }
}
