using System.CommandLine;

namespace DiVLA.Control.Cli.Demo;

/// <summary>`divla demo`: the service and a simulated arm in one process, connected as any robot would be.</summary>
internal static class DemoCommand
{
    public static Command Create(Terminal terminal, TimeProvider clock)
    {
        var episodes = new Option<int?>("--episodes")
        {
            Description = $"Episodes to play. Default: {DemoSettings.DefaultEpisodes}, or as many as fit into --seconds.",
            HelpName = "N",
        };
        var seconds = new Option<double?>("--seconds") { Description = "Ends the run after this long, in the middle of an episode if need be.", HelpName = "S" };
        var (seed, families, bundle, json) = (SharedOptions.Seed(1), SharedOptions.Families("--family"), SharedOptions.Bundle(), SharedOptions.Json());
        var arm = SharedOptions.Embodiment();
        var frames = new Option<DirectoryInfo?>("--save-frames") { Description = "Write what the cameras saw as PNG files, and a contact sheet.", HelpName = "DIR" };
        var logFile = SharedOptions.LogFile();
        var onnx = new OnnxSelection();
        episodes.RequireAbove(0);
        seconds.RequireAbove(0);
        var command = new Command("demo", "Watch a simulated arm sort objects under the default policy, 82 commands a second.")
        {
            episodes, seconds, arm, seed, families, frames, bundle, logFile, json,
        };
        onnx.AddTo(command);
        command.SetAction((parsed, cancellation) => CommandGuard.RunAsync(terminal, () =>
        {
            var folder = BundleLocation.Find(parsed.GetValue(bundle));
            var tasks = BundleTasks.Read(folder);
            var settings = new DemoSettings(
                folder,
                parsed.GetValue(episodes),
                parsed.GetValue(seconds),
                parsed.GetRequiredValue(arm),
                parsed.GetValue(seed),
                BundleTasks.Choose(parsed.GetValue(families), tasks),
                tasks,
                parsed.GetValue(frames)?.FullName,
                parsed.GetValue(logFile),
                onnx.Of(parsed));
            return RunAsync(settings, terminal, parsed.GetValue(json), clock, cancellation);
        }));
        return command;
    }

    private static async Task<int> RunAsync(DemoSettings settings, Terminal terminal, bool json, TimeProvider clock, CancellationToken cancellation)
    {
        IDemoView view = json ? new DemoLines(terminal.Error, clock) : terminal.IsInteractive ? new DemoLive(terminal.Console, clock) : new DemoLines(terminal.Out, clock);
        var summary = await new DemoRun(settings, view, clock).RunAsync(cancellation);
        if (json) await terminal.Out.WriteLineAsync(Json.Line(summary));
        else DemoReport.Write(terminal.Console, summary);
        return ExitCode.Success;
    }
}
