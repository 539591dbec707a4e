using System.Text.Json.Serialization;
using DiVLA.Control.Cli.Eval.Pins;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Simulator.Robot;
using DiVLA.Control.Simulator.Tasks;

namespace DiVLA.Control.Cli.Eval;

/// <summary>The last line of `eval --json`. Names are read by other people's jobs: they do not change.</summary>
/// <param name="Families">By kind of instruction, and by make of arm.</param>
/// <param name="Seed">Seed of each family's first scene.</param>
/// <param name="BundleRevision">What was evaluated.</param>
/// <param name="Arms">Arms driven at once.</param>
/// <param name="Pin">How the arm was redirected; null where the instruction ruled.</param>
/// <param name="Ablation">What was taken from the policy, by the word of the command line; null for nothing.</param>
internal sealed record EvalSummary(IReadOnlyList<EvalFamily> Families, ulong Seed, string BundleRevision, int Arms, PinPlan? Pin, string? Ablation);

/// <summary>One kind of instruction, on one make of arm.</summary>
internal sealed record EvalFamily
{
    public required TaskFamily Family { get; init; }

    /// <summary>Make of the arm.</summary>
    public required string Embodiment { get; init; }

    public required int Episodes { get; init; }

    public required int Successes { get; init; }

    /// <summary>Range: [0, 1].</summary>
    public required double SuccessRate { get; init; }

    /// <summary>Wilson's 95 % interval of the success rate: low, high.</summary>
    [JsonPropertyName("interval_95")]
    public required double[] Interval95 { get; init; }

    /// <summary>Share of the commands steered by a phrase whose phrase is word for word what the expert says of the newest observation.</summary>
    public required double PhraseExactMatch { get; init; }

    /// <summary>The same for each episode's first phrase.</summary>
    public required double PhraseExactMatchFirstTick { get; init; }

    /// <summary>What the scripted expert needs for the same episodes; null where it solves none. Unit: s.</summary>
    public required double? ExpertSecondsMedian { get; init; }

    /// <summary>Of the successful episodes, from the tray's arrival to the object in its bin; null without any. Unit: s.</summary>
    public required double? SecondsMedian { get; init; }

    /// <summary>Failures by another object or bin.</summary>
    public required int WrongPlacements { get; init; }

    /// <summary>Failures by the time limit.</summary>
    public required int OutOfTime { get; init; }

    /// <summary>FRESH commands as a share of all ticks due, warm-up of every session included.</summary>
    public required double FreshShare { get; init; }

    /// <summary>Commands a second over all sessions. Unit: 1/s.</summary>
    public required double CommandsPerSecond { get; init; }

    /// <summary>Episodes whose pin the service refused; they are not among <see cref="Episodes"/>.</summary>
    public required int PinsRefused { get; init; }

    /// <summary>Episodes that were over before the pin or its release; they are not among <see cref="Episodes"/>.</summary>
    public required int PinsLate { get; init; }

    public static EvalFamily Of(TaskFamily family, string embodiment, IReadOnlyCollection<EvalTrial> all)
    {
        EvalTrial[] trials = [.. all.Where(trial => trial.Counts)];
        var successes = trials.Count(trial => trial.IsSuccess);
        var (low, high) = WilsonInterval.Of(successes, trials.Length);
        return new EvalFamily
        {
            Family = family,
            Embodiment = embodiment,
            Episodes = trials.Length,
            Successes = successes,
            SuccessRate = Ratio(successes, trials.Length),
            Interval95 = [low, high],
            PhraseExactMatch = Ratio(trials.Sum(trial => trial.Result.Phrases.Matches), trials.Sum(trial => trial.Result.Phrases.Counted)),
            PhraseExactMatchFirstTick = Ratio(trials.Count(trial => trial.Result.Phrases.IsFirstRight == true), trials.Count(trial => trial.Result.Phrases.IsFirstRight is not null)),
            ExpertSecondsMedian = Median([.. trials.Select(trial => trial.ExpertSeconds).OfType<double>()]),
            SecondsMedian = Median([.. trials.Where(trial => trial.IsSuccess).Select(trial => trial.Result.Seconds)]),
            WrongPlacements = trials.Count(trial => trial.Result.Outcome == EpisodeOutcome.WrongPlacement),
            OutOfTime = trials.Count(trial => trial.Result.Outcome == EpisodeOutcome.OutOfTime),
            FreshShare = Ratio(trials.Sum(trial => (double)trial.Statistics.Fresh), trials.Sum(trial => (double)trial.Statistics.TicksDue)),
            PinsRefused = all.Count(trial => trial.Pin == PinFate.Refused),
            PinsLate = all.Count(trial => trial.Pin == PinFate.Late),
            CommandsPerSecond = Rate(trials.Where(trial => trial.Statistics.CommandHz > 0).Select(trial => trial.Statistics)),
        };
    }

    // A session's rate is that of the intervals between its commands: over several, the intervals of all over the time that they took.
    private static double Rate(IEnumerable<SessionStatistics> sessions)
    {
        var (intervals, seconds) = (0.0, 0.0);
        foreach (var session in sessions)
        {
            intervals += session.CommandsSent - 1;
            seconds += (session.CommandsSent - 1) / session.CommandHz;
        }
        return Ratio(intervals, seconds);
    }

    internal static double? Median(double[] values)
    {
        if (values.Length == 0) return null;
        Array.Sort(values);
        var middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }

    private static double Ratio(double part, double whole) => whole > 0 ? part / whole : 0;
}
