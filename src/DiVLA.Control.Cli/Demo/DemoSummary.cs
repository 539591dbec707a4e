using System.Text.Json.Serialization;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Simulator.Robot;
using DiVLA.Control.Simulator.Tasks;

namespace DiVLA.Control.Cli.Demo;

/// <summary>The last line of `demo --json`. Names are read by other people's jobs: they do not change.</summary>
/// <remarks>
/// Everything about ticks, times and rates is the service's own count over the whole session, its first moments included: until the first
/// phrase is decoded there is no trajectory, and those ticks are HOLD. <see cref="WarmUpTicks"/> says how many they were.
/// </remarks>
internal sealed record DemoSummary
{
    /// <summary>By the service clock, from the session's first tick until its loop was stopped. Unit: s.</summary>
    public required double Seconds { get; init; }

    public required ulong TicksDue { get; init; }

    public required ulong CommandsSent { get; init; }

    /// <summary>Ticks without a command, counted where they were lost: with commands sent they must give ticks due, which the clock counts.</summary>
    public required ulong Missed { get; init; }

    public required ulong LongestMissedRun { get; init; }

    [JsonPropertyName("late_over_1ms")]
    public required ulong LateOver1Ms { get; init; }

    /// <summary>From a tick's instant until its command was handed to the transport. Unit: us.</summary>
    public required DemoPercentiles LatenessUs { get; init; }

    /// <summary>From a tick's instant until the loop had posted its command. Unit: us.</summary>
    public required DemoPercentiles LoopLatenessUs { get; init; }

    public required ulong Fresh { get; init; }

    public required ulong Reused { get; init; }

    public required ulong Hold { get; init; }

    public required ulong Stopped { get; init; }

    /// <summary>HOLD commands before the session's first trajectory, counted by the arm. Part of <see cref="Hold"/>.</summary>
    public required long WarmUpTicks { get; init; }

    /// <summary>By stage, in the order of the path. Unit: ms.</summary>
    public required IReadOnlyDictionary<string, DemoStage> StageMs { get; init; }

    /// <summary>Commands handed to the transport. Unit: 1/s.</summary>
    public required double CommandsPerSecond { get; init; }

    /// <summary>Action head inferences. Unit: Hz.</summary>
    public required double InferenceHz { get; init; }

    /// <summary>Full observe-reason-act cycles: the phrase was verified or newly decoded on the frame that the action stems from. Unit: Hz.</summary>
    public required double ReasoningHz { get; init; }

    /// <summary>Such cycles as a share of all ticks due.</summary>
    public required double ReasonedOnNewestFrameShare { get; init; }

    /// <summary>Phrases decoded.</summary>
    public required ulong ReasoningPhrases { get; init; }

    /// <summary>Managed heap, loop and policy thread together, after warm-up. Unit: bytes.</summary>
    public required double BytesAllocatedPerTick { get; init; }

    public required ulong LimiterInterventions { get; init; }

    public required ulong InferenceFaults { get; init; }

    public required ulong ObservationsRefused { get; init; }

    public required int Episodes { get; init; }

    public required int Successes { get; init; }

    public required IReadOnlyList<DemoFamily> Families { get; init; }

    /// <summary>Which arm was simulated.</summary>
    public required string Embodiment { get; init; }

    public required ulong Seed { get; init; }

    public required string BundleRevision { get; init; }

    /// <summary>From the start of the command until a trajectory steered the arm. Unit: s.</summary>
    public required double? TimeToFirstActionS { get; init; }

    /// <summary>1, unless the session was lost and opened again; the counts are those of the last one.</summary>
    public required int Sessions { get; init; }

    /// <summary>Measures for punctuality that the operating system refused, in words.</summary>
    public required IReadOnlyList<string> RealtimeDenied { get; init; }

    public static DemoSummary From(DemoSettings settings, PolicyManifest manifest, SessionSummary session, DemoBoard board)
    {
        var (statistics, state) = (session.Statistics, board.Read());
        return new DemoSummary
        {
            Seconds = statistics.Seconds,
            TicksDue = statistics.TicksDue,
            CommandsSent = statistics.CommandsSent,
            Missed = statistics.Missed,
            LongestMissedRun = statistics.LongestMissedRun,
            LateOver1Ms = statistics.LateOver1Ms,
            LatenessUs = DemoPercentiles.From(statistics.Lateness),
            LoopLatenessUs = DemoPercentiles.From(statistics.LoopLateness),
            Fresh = statistics.Fresh,
            Reused = statistics.Reused,
            Hold = statistics.Hold,
            Stopped = statistics.Stopped,
            WarmUpTicks = state.WarmUpTicks,
            StageMs = statistics.Stages.ToDictionary(stage => stage.Stage, stage => new DemoStage(stage.Latency.P50Us / 1000, stage.Latency.P99Us / 1000)),
            CommandsPerSecond = statistics.CommandHz,
            InferenceHz = statistics.InferenceHz,
            ReasoningHz = statistics.ReasoningHz,
            ReasonedOnNewestFrameShare = statistics.ReasoningShare,
            ReasoningPhrases = statistics.Phrases,
            BytesAllocatedPerTick = statistics.LoopBytesAllocatedPerTick + statistics.PolicyBytesAllocatedPerTick,
            LimiterInterventions = statistics.LimiterInterventions,
            InferenceFaults = statistics.InferenceFaults,
            ObservationsRefused = statistics.ObservationsRefused,
            Episodes = state.Episodes,
            Successes = state.Successes,
            Families = [.. settings.Families.Select(family => DemoFamily.Of(family, board.Results()))],
            Embodiment = settings.Arm.Name,
            Seed = settings.Seed,
            BundleRevision = manifest.Revision,
            TimeToFirstActionS = state.FirstActionSeconds,
            Sessions = state.Sessions,
            RealtimeDenied = state.RealTimeDenied,
        };
    }
}

/// <summary>Percentiles of a lateness. Unit: us.</summary>
internal sealed record DemoPercentiles(double P50, double P90, double P99, double P999, double Max)
{
    public static DemoPercentiles From(LatencyPercentiles latency) => new(latency.P50Us, latency.P90Us, latency.P99Us, latency.P999Us, latency.MaxUs);
}

/// <summary>Percentiles of a stage's time. Unit: ms.</summary>
internal sealed record DemoStage(double P50, double P99);

/// <summary>Episodes of one kind of instruction.</summary>
internal sealed record DemoFamily(TaskFamily Family, int Episodes, int Successes)
{
    public static DemoFamily Of(TaskFamily family, IEnumerable<EpisodeResult> results)
    {
        var own = results.Where(result => result.Episode.Family == family).ToArray();
        return new DemoFamily(family, own.Length, own.Count(result => result.Outcome == EpisodeOutcome.Success));
    }
}
