using System.Globalization;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Simulator.Robot;
using Spectre.Console;

namespace DiVLA.Control.Cli.Demo;

/// <summary>The end of a demo, for people.</summary>
internal static class DemoReport
{
    public static void Write(IAnsiConsole console, DemoSummary summary)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("", "");
        foreach (var (name, value) in Lines(summary).Concat(Denied(summary))) table.AddRow(new Text(name), new Text(value));
        console.Write(table);
        console.Write(Stages(summary.StageMs.Select(stage => (stage.Key, stage.Value.P50, stage.Value.P99))));
    }

    /// <summary>Stage times as the service measured them.</summary>
    public static Table Stages(IEnumerable<StageLatency> stages) =>
        Stages(stages.Select(stage => (stage.Stage, stage.Latency.P50Us / 1000, stage.Latency.P99Us / 1000)));

    /// <summary>In words.</summary>
    public static string Words(EpisodeOutcome outcome) => outcome switch
    {
        EpisodeOutcome.Success => "success",
        EpisodeOutcome.WrongPlacement => "wrong object or bin",
        EpisodeOutcome.OutOfTime => "out of time",
        EpisodeOutcome.InstructionRefused => "instruction refused",
        _ => "unfinished",
    };

    private static Table Stages(IEnumerable<(string Stage, double P50, double P99)> stages)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("stage", "p50 ms", "p99 ms");
        foreach (var (stage, p50, p99) in stages) table.AddRow(stage, Number(p50, "0.000"), Number(p99, "0.000"));
        return table;
    }

    private static IEnumerable<(string Name, string Value)> Lines(DemoSummary summary) =>
    [
        ("episodes", $"{summary.Episodes}, {summary.Successes} succeeded"),
        ("commands", $"{summary.CommandsSent} of {summary.TicksDue} ticks due in {Number(summary.Seconds, "0.0")} s, {summary.Missed} missed"),
        ("rates", $"{Number(summary.CommandsPerSecond, "0.00")} commands/s, {Number(summary.InferenceHz, "0.0")} head inferences/s, {Number(summary.ReasoningHz, "0.0")} observe-reason-act cycles/s"),
        ("ladder", $"FRESH {summary.Fresh} ({Percent.Of(summary.Fresh, summary.TicksDue)}), REUSED {summary.Reused}, HOLD {summary.Hold}, STOPPED {summary.Stopped}"),
        ("warm-up", $"{summary.WarmUpTicks} of the HOLD ticks came before the first trajectory"),
        ("later than 1 ms", $"{summary.LateOver1Ms} ({Percent.Of(summary.LateOver1Ms, summary.CommandsSent)})"),
        ("lateness us", $"p50 {Number(summary.LatenessUs.P50, "0")}, p99 {Number(summary.LatenessUs.P99, "0")}, p99.9 {Number(summary.LatenessUs.P999, "0")}, max {Number(summary.LatenessUs.Max, "0")}"),
        ("reasoned on the newest frame", Percent.Of(summary.ReasonedOnNewestFrameShare, 1)),
        ("phrases", $"{summary.ReasoningPhrases}"),
        ("allocated", $"{Number(summary.BytesAllocatedPerTick, "0.##")} bytes per tick"),
        ("first action", summary.TimeToFirstActionS is { } first ? $"{Number(first, "0.00")} s after the start" : "none"),
    ];

    private static IEnumerable<(string Name, string Value)> Denied(DemoSummary summary) =>
        summary.RealtimeDenied.Select(denied => ("not permitted", denied));

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
