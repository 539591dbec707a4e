using System.CommandLine;
using System.Globalization;
using Spectre.Console;

namespace DiVLA.Control.Cli.Bench;

/// <summary>`divla bench stop`: how long an emergency stop takes under load.</summary>
internal static class BenchStopCommand
{
    public static Command Create(Terminal terminal, TimeProvider clock)
    {
        var stops = SharedOptions.Count("--stops", "Emergency stops, of all arms and of one in turn, each after all of them move again.", 400);
        var arms = SharedOptions.Count("--arms", "Simulated arms that are driven meanwhile.", 1);
        var busy = Busy();
        var watchers = SharedOptions.Count("--watchers", "Operators who watch everything meanwhile, pictures included; one more asks for statistics over HTTP.", 4);
        var (seed, bundle, json) = (SharedOptions.Seed(1), SharedOptions.Bundle(), SharedOptions.Json());
        var onnx = new OnnxSelection();
        var command = new Command("stop", "Measure emergency stops under load: from the request until the STOPPED command is sent. Exit code 0 only within the target.")
        {
            stops, arms, watchers, busy, seed, bundle, json,
        };
        onnx.AddTo(command);
        command.SetAction((parsed, cancellation) => CommandGuard.RunAsync(terminal, async () =>
        {
            var settings = new BenchStopSettings(
                BundleLocation.Find(parsed.GetValue(bundle)),
                parsed.GetValue(stops),
                parsed.GetValue(arms),
                parsed.GetValue(watchers),
                parsed.GetValue(busy),
                parsed.GetValue(seed),
                onnx.Of(parsed));
            var (asJson, run) = (parsed.GetValue(json), new BenchStopRun(settings, clock));
            var summary = asJson || !terminal.IsInteractive
                ? await run.RunAsync(done => Lines(terminal.Error, done, settings.Stops), cancellation)
                : await WithBarAsync(terminal.Console, settings.Stops, done => run.RunAsync(done, cancellation));
            if (asJson) await terminal.Out.WriteLineAsync(Json.Line(summary));
            else terminal.Console.Write(Table(summary));
            return summary.IsWithinTarget ? ExitCode.Success : ExitCode.Failed;
        }));
        return command;
    }

    private static void Lines(TextWriter output, int done, int total)
    {
        if (done % 20 == 0 || done == total) output.WriteLine($"{done} of {total} stops");
    }

    private static Task<BenchStopSummary> WithBarAsync(IAnsiConsole console, int total, Func<Action<int>, Task<BenchStopSummary>> run) =>
        console.Progress().StartAsync(context =>
        {
            var task = context.AddTask("stops", maxValue: total);
            return run(done => task.Value = done);
        });

    private static Option<int> Busy()
    {
        var busy = new Option<int>("--busy")
        {
            Description = "Threads that do nothing but take processors meanwhile; half as many as there are processors, where it is not said.",
            HelpName = "N",
            DefaultValueFactory = _ => (Environment.ProcessorCount + 1) / 2,
        };
        busy.RequireAtLeast(0);
        return busy;
    }

    private static Table Table(BenchStopSummary summary)
    {
        var title = $"{summary.Stops} stops, {summary.Arms} arm(s), {summary.Watchers} watching, {summary.Busy} busy thread(s)";
        var table = new Table().Border(TableBorder.Rounded).Title(title).AddColumns("ms", "n", "p50", "p90", "p99", "max");
        Add("request received to STOPPED sent", summary.RequestToSentMs);
        Add("  stops of all arms", summary.OfAllMs);
        Add("  stops of one arm", summary.OfOneMs);
        Add("call begun to STOPPED at the robot", summary.CallToRobotMs);
        return table.Caption(summary.Unmeasured == 0 ? Words(summary) : $"{Words(summary)}; {summary.Unmeasured} arm(s) had lost their connection and are not in it");

        void Add(string name, BenchPercentiles values) => table.AddRow(
            name, values.Count.ToString(CultureInfo.InvariantCulture), Number(values.P50), Number(values.P90), Number(values.P99), Number(values.Max));
    }

    private static string Words(BenchStopSummary summary) =>
        FormattableString.Invariant($"p99 to be at most {BenchStopSummary.TargetMs:0} ms: {(summary.IsWithinTarget ? "it is" : "it is not")}");

    private static string Number(double value) => FormattableString.Invariant($"{value:0.00}");
}
