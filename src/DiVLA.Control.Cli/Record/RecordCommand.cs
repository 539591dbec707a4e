using System.CommandLine;
using DiVLA.Control.Datasets.Recording;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.Simulator.Tasks;
using Spectre.Console;

namespace DiVLA.Control.Cli.Record;

/// <summary>`divla record`: episodes of the simulated arm under the policy, as a LeRobotDataset.</summary>
internal static class RecordCommand
{
    // Its pairs of colour and shape must stay unseen.
    private const TaskFamily HeldOut = TaskFamily.UnseenCombination;

    public static Command Create(Terminal terminal, TimeProvider clock)
    {
        var directory = new Argument<DirectoryInfo>("DATASET") { Description = "Folder of the dataset, made or appended to." };
        var episodes = SharedOptions.Count("--episodes", "Episodes to play.", 10);
        var (families, bundle, json) = (SharedOptions.Families("--family"), SharedOptions.Bundle(), SharedOptions.Json());
        var seed = new Option<ulong>("--seed") { Description = "First seed of the scenes; each episode takes the next one. Training seeds: evaluation never sees them.", HelpName = "N", DefaultValueFactory = _ => 1UL };
        var fps = SharedOptions.Count("--fps", "Rows a second, up to the control rate.", (int)ArmProfiles.Panda.ControlRateHz);
        var arm = SharedOptions.Embodiment();
        var cameras = new Option<CameraStorage>("--cameras") { Description = "How pictures are kept: in the tables, or as videos, which need ffmpeg.", DefaultValueFactory = _ => CameraStorage.Images };
        var successes = new Option<bool>("--successes-only") { Description = "Keep only episodes that succeeded." };
        var onnx = new OnnxSelection();
        var command = new Command("record", "Record episodes of the simulated arm under the policy as a LeRobotDataset v3.0.")
        {
            directory, episodes, arm, families, seed, fps, cameras, successes, bundle, json,
        };
        onnx.AddTo(command);
        families.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<TaskFamily[]>()?.Contains(HeldOut) == true) result.AddError($"--family: found {InstructionGrammar.Name(HeldOut)}, which is held out of training for evaluation to show it");
        });
        command.SetAction((parsed, cancellation) => CommandGuard.RunAsync(terminal, () =>
        {
            var folder = BundleLocation.Find(parsed.GetValue(bundle));
            var tasks = BundleTasks.Read(folder);
            var settings = new RecordSettings(
                parsed.GetRequiredValue(directory).FullName,
                folder,
                parsed.GetRequiredValue(arm),
                parsed.GetValue(episodes),
                parsed.GetValue(families) is { Length: > 0 } asked ? asked : [.. tasks.Families.Where(family => family != HeldOut)],
                tasks,
                parsed.GetValue(seed),
                parsed.GetValue(fps),
                parsed.GetValue(cameras),
                parsed.GetValue(successes),
                onnx.Of(parsed));
            return RunAsync(settings, terminal, parsed.GetValue(json), clock, cancellation);
        }));
        return command;
    }

    private static async Task<int> RunAsync(RecordSettings settings, Terminal terminal, bool json, TimeProvider clock, CancellationToken cancellation)
    {
        var run = new RecordRun(settings, clock);
        var summary = json || !terminal.IsInteractive
            ? await run.RunAsync(episode => terminal.Error.WriteLine(Words(episode)), cancellation)
            : await WithBarAsync(terminal.Console, settings.Episodes, finished => run.RunAsync(finished, cancellation));
        await terminal.Out.WriteLineAsync(json ? Json.Line(summary) : Words(summary));
        if (cancellation.IsCancellationRequested) return ExitCode.Interrupted;
        return summary.Lost == 0 ? ExitCode.Success : ExitCode.Failed;
    }

    private static Task<RecordSummary> WithBarAsync(IAnsiConsole console, int total, Func<Action<RecordedEpisode>, Task<RecordSummary>> run) =>
        console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context =>
            {
                var task = context.AddTask("episodes", maxValue: total);
                return run(episode =>
                {
                    task.Increment(1);
                    task.Description = Markup.Escape(Words(episode));
                });
            });

    private static string Words(RecordedEpisode episode) => episode.Outcome == RecordingOutcome.Kept
        ? $"episode {episode.Index}: {episode.Rows} rows, {episode.Instruction}"
        : $"{episode.Outcome}: {episode.Rows} rows, {episode.Instruction}";

    private static string Words(RecordSummary summary) =>
        $"{summary.Episodes} episodes with {summary.Rows} rows ({summary.RepeatedRows} repeated) added to {summary.Directory}; {summary.Discarded} discarded, {summary.Lost} lost.";
}
