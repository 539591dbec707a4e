using System.CommandLine;
using DiVLA.Control.ModelBuilder.Bundles;
using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.Training.Checkpoints;
using DiVLA.Control.Training.Embodiments;
using Spectre.Console;

namespace DiVLA.Control.Training.Commands;

/// <summary>`divla train embodiment`: the MLP that turns a policy's latents into one arm's joints.</summary>
internal static class EmbodimentCommand
{
    private const int StepsBetweenLines = 500;

    // The exam must not ask what the training has seen.
    private const ulong ExamSeedStride = 1UL << 32;

    public static Command Create()
    {
        var output = new Option<string>("--output")
        {
            Description = "Folder of the run or bundle that gets the arm, as embodiments/<name>; its policy says what the latent means. Any other folder stands for the latent of this recipe.",
            DefaultValueFactory = _ => "runs/divla-tiny",
        };
        var usual = new EmbodimentTrainingOptions();
        var steps = new Option<int>("--steps") { Description = "Optimiser steps.", DefaultValueFactory = _ => usual.Steps };
        var seed = new Option<ulong>("--seed") { Description = "Seed of motions and weights.", DefaultValueFactory = _ => usual.Seed };
        var threads = new Option<int>("--threads") { Description = "Threads of libtorch.", DefaultValueFactory = _ => usual.Threads };
        var first = new Option<double>("--accept-first-mm") { Description = "Largest mean tool error accepted at the first sample.", DefaultValueFactory = _ => 0.5 };
        var last = new Option<double>("--accept-last-mm") { Description = "Largest mean tool error accepted at the last sample.", DefaultValueFactory = _ => 3.0 };
        var demonstrations = new DemonstrationOptions("Share of the motions that is demonstrated; the rest is drawn at random.", 0.5, "The arm");
        var command = new Command("embodiment", "Train an arm's embodiment MLP on its kinematics: no pictures, and no demonstrations unless --dataset gives some.") { output, steps, seed, threads, first, last };
        demonstrations.AddTo(command);
        steps.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1) result.AddError("--steps: expected at least 1");
        });
        command.SetAction((parsed, stop) => Task.FromResult(TrainingGuard.Run(() =>
        {
            var choice = demonstrations.Of(parsed);
            var options = usual with { Steps = parsed.GetValue(steps), Seed = parsed.GetValue(seed), Threads = parsed.GetValue(threads), Demonstrations = Share(choice) };
            return Run(choice.Arm, parsed.GetValue(output)!, options, new ExamBounds(parsed.GetValue(first), parsed.GetValue(last)), stop);
        })));
        return command;
    }

    private static DemonstrationShare? Share(DemonstrationChoice choice) =>
        choice.OpenMotions() is { } set ? new DemonstrationShare(new DemonstratedMotions(set), choice.Share) : null;

    private static int Run(EmbodimentProfile arm, string output, EmbodimentTrainingOptions options, ExamBounds bounds, CancellationToken stop)
    {
        var target = EmbodimentTarget.Of(output, arm);
        CheckReach(arm);
        TorchSharp.torch.set_num_threads(options.Threads);
        var trainer = new EmbodimentTrainer(arm, target.LatentRms, options);
        var (mlp, mapping) = Show(options.Steps, report => trainer.Run(report, stop));
        if (stop.IsCancellationRequested) return SayInterrupted();
        var trained = arm with { Mapping = mapping, Seal = null };
        var exam = Examine(trained, mlp, options);
        Describe(exam);
        if (exam.Misses(bounds).ToList() is { Count: > 0 } misses)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]Not written: {string.Join("; ", misses)}. Train longer: --steps.[/]");
            return ExitCode.Failed;
        }
        var folder = target.FolderOf(arm);
        Write(folder, trained with { Mapping = mapping with { FirstSampleError = exam.First, LastSampleError = exam.Last } }, mlp);
        AnsiConsole.MarkupLineInterpolated($"Written to {folder}. A service offers it as soon as the folder lies in its bundle's embodiments.");
        return ExitCode.Success;
    }

    private static void CheckReach(EmbodimentProfile arm)
    {
        var places = TableReach.Unreachable(arm);
        if (places.Count > 0)
            throw new InvalidDataException(FormattableString.Invariant(
                $"{arm.Name} does not reach {places.Count} places of the table with the tool pointing down, among them x {places[0].X:F2}, y {places[0].Y:F2}, z {places[0].Z:F2}. Mount it elsewhere (`mount`), or give it another `rest_rad`."));
    }

    // What is measured is what will be run, so it is written first, out of the way.
    private static ExamResult Examine(EmbodimentProfile trained, EmbodimentMlp mlp, EmbodimentTrainingOptions options)
    {
        var folder = Path.Combine(Directory.CreateTempSubdirectory("divla-embodiment-").FullName, trained.Name);
        try
        {
            Write(folder, trained, mlp);
            return EmbodimentExam.Take(folder, options.Seed + ExamSeedStride, options.Threads);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(folder)!, recursive: true);
        }
    }

    private static void Write(string folder, EmbodimentProfile profile, EmbodimentMlp mlp) =>
        EmbodimentFolder.Write(folder, profile, weights => ModuleWeights.Save(weights, mlp.NamedWeights()));

    private static void Describe(ExamResult exam)
    {
        AnsiConsole.MarkupLineInterpolated(
            $"tool error: {exam.First.MeanMm:F3} mm at the first sample (p95 {exam.First.P95Mm:F3}), {exam.Last.MeanMm:F2} mm at the last (p95 {exam.Last.P95Mm:F2})");
        AnsiConsole.MarkupLineInterpolated($"waypoints: {exam.Drive.Ticks} ticks, {exam.Drive.LimitHits} limit hits");
    }

    private static int SayInterrupted()
    {
        AnsiConsole.MarkupLineInterpolated($"Interrupted: nothing is written, the embodiment is trained from the beginning next time.");
        return ExitCode.Interrupted;
    }

    private static T Show<T>(int steps, Func<Action<int, double>, T> train)
    {
        if (!AnsiConsole.Profile.Out.IsTerminal)
            return train((step, loss) => { if (step % StepsBetweenLines == 0) Console.WriteLine(FormattableString.Invariant($"step {step}/{steps}  loss {loss:G4}")); });
        return AnsiConsole.Progress().Columns(new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new TaskDescriptionColumn { Alignment = Justify.Left }).Start(context =>
        {
            var bar = context.AddTask("embodiment", maxValue: steps);
            return train((step, loss) => { bar.Value = step; bar.Description = FormattableString.Invariant($"loss {loss:G4}"); });
        });
    }
}
