using System.CommandLine;
using System.Globalization;
using DiVLA.Control.Simulator.Tasks;
using Spectre.Console;

namespace DiVLA.Control.Cli.Eval;

/// <summary>`divla eval`: how often the policy does what it is told.</summary>
internal static class EvalCommand
{
    private static readonly (string Name, Func<EvalFamily, string> Value)[] Figures =
    [
        ("success", family => $"{family.Successes} of {family.Episodes}"),
        ("95 % interval", family => $"{Percent.Of(family.Interval95[0], 1)} to {Percent.Of(family.Interval95[1], 1)}"),
        ("wrong", family => family.WrongPlacements.ToString(CultureInfo.InvariantCulture)),
        ("out of time", family => family.OutOfTime.ToString(CultureInfo.InvariantCulture)),
        ("phrase exact match", family => Percent.Of(family.PhraseExactMatch, 1)),
        ("at first", family => Percent.Of(family.PhraseExactMatchFirstTick, 1)),
        ("median s", family => family.SecondsMedian?.ToString("0.00", CultureInfo.InvariantCulture) ?? "-"),
        ("expert s", family => family.ExpertSecondsMedian?.ToString("0.00", CultureInfo.InvariantCulture) ?? "-"),
        ("FRESH", family => Percent.Of(family.FreshShare, 1)),
        ("commands/s", family => family.CommandsPerSecond.ToString("0.00", CultureInfo.InvariantCulture)),
    ];

    public static Command Create(Terminal terminal, TimeProvider clock)
    {
        var episodes = SharedOptions.Count("--episodes", "Episodes of each family.", 100);
        var (families, seed, bundle, json) = (SharedOptions.Families("--families"), SharedOptions.Seed(1), SharedOptions.Bundle(), SharedOptions.Json());
        var makes = SharedOptions.Embodiments();
        var arms = SharedOptions.Count("--arms", "Arms driven at once. More than the machine can serve FRESH makes the result worse; see fresh_share.", 1);
        var failures = new Option<DirectoryInfo?>("--save-failures") { Description = "Write contact sheets of failed episodes.", HelpName = "DIR" };
        var logFile = SharedOptions.LogFile();
        var (steering, onnx) = (new SteeringSelection(), new OnnxSelection());
        var command = new Command("eval", "Measure closed-loop success over unseen episodes, in real time, through the real service.")
        {
            episodes, families, seed, makes, arms, failures, bundle, logFile, json,
        };
        steering.AddTo(command);
        onnx.AddTo(command);
        command.SetAction((parsed, cancellation) => CommandGuard.RunAsync(terminal, () =>
        {
            var folder = BundleLocation.Find(parsed.GetValue(bundle));
            var tasks = BundleTasks.Read(folder);
            var settings = new EvalSettings(
                folder,
                parsed.GetValue(episodes),
                BundleTasks.Choose(parsed.GetValue(families), tasks),
                tasks,
                parsed.GetValue(seed),
                parsed.GetRequiredValue(makes),
                parsed.GetValue(arms),
                parsed.GetValue(failures)?.FullName,
                parsed.GetValue(logFile),
                steering.PinOf(parsed),
                steering.AblationOf(parsed),
                onnx.Of(parsed));
            return RunAsync(settings, terminal, parsed.GetValue(json), clock, cancellation);
        }));
        return command;
    }

    private static async Task<int> RunAsync(EvalSettings settings, Terminal terminal, bool json, TimeProvider clock, CancellationToken cancellation)
    {
        var run = new EvalRun(settings, clock);
        var total = settings.Episodes * settings.Families.Count * settings.Embodiments.Count;
        var summary = json || !terminal.IsInteractive
            ? await run.RunAsync(new EvalLines(terminal.Error, total).Finished, cancellation)
            : await WithBarAsync(terminal.Console, total, finished => run.RunAsync(finished, cancellation));
        if (json) await terminal.Out.WriteLineAsync(Json.Line(summary));
        else terminal.Console.Write(Tables(summary));
        return ExitCode.Success;
    }

    private static Task<EvalSummary> WithBarAsync(IAnsiConsole console, int total, Func<Action<EvalTrial>, Task<EvalSummary>> run) =>
        console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context =>
            {
                var (task, successes) = (context.AddTask("episodes", maxValue: total), 0);
                var realTime = new RealTimeNotice(line => console.WriteLine(line));
                return run(trial =>
                {
                    realTime.Say(trial.RealTimeDenied);
                    var good = trial.IsSuccess ? Interlocked.Increment(ref successes) : Volatile.Read(ref successes);
                    task.Increment(1);
                    task.Description = $"{good} of {(int)task.Value} succeeded";
                });
            });

    // A table an arm and a column a family: there are few families and many figures, and a terminal is narrow.
    private static Rows Tables(EvalSummary summary) =>
        new([new Text(Title(summary)), .. summary.Families.GroupBy(family => family.Embodiment).Select(arm => Table(arm.Key, [.. arm]))]);

    private static Table Table(string arm, EvalFamily[] families)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn(Markup.Escape(arm));
        foreach (var family in families) table.AddColumn(Markup.Escape(InstructionGrammar.Name(family.Family)));
        foreach (var (name, value) in Figures) table.AddRow([new Text(name), .. families.Select(family => new Text(value(family)))]);
        return table;
    }

    private static string Title(EvalSummary summary)
    {
        var parts = new List<string> { $"bundle {summary.BundleRevision}", $"seeds from {summary.Seed}" };
        if (summary.Pin is { } pin) parts.Add(pin.ToString());
        if (summary.Ablation is { } ablation) parts.Add($"ablation: {ablation}");
        var (refused, late) = (summary.Families.Sum(family => family.PinsRefused), summary.Families.Sum(family => family.PinsLate));
        if (refused + late > 0) parts.Add($"not counted: {refused} pins refused, {late} too late");
        return string.Join(", ", parts);
    }
}
