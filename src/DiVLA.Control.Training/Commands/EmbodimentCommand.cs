using System.CommandLine;
using System.Text.Json;
using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.Training.Checkpoints;
using DiVLA.Control.Training.Embodiments;
using Spectre.Console;

namespace DiVLA.Control.Training.Commands;

/// <summary>`divla train embodiment`: the MLP that turns a run's latents into one arm's joints.</summary>
internal static class EmbodimentCommand
{
    public static Command Create()
    {
        var output = new Option<string>("--output") { Description = "Folder of the run whose latent is mapped.", DefaultValueFactory = _ => "runs/divla-tiny" };
        var steps = new Option<int>("--steps") { Description = "Optimiser steps.", DefaultValueFactory = _ => 6000 };
        var seed = new Option<ulong>("--seed") { Description = "Seed of motions and weights.", DefaultValueFactory = _ => 1UL };
        var threads = new Option<int>("--threads") { Description = "Threads of libtorch.", DefaultValueFactory = _ => 2 };
        var first = new Option<double>("--accept-first-mm") { Description = "Largest mean tool error accepted at the first sample.", DefaultValueFactory = _ => 1.0 };
        var last = new Option<double>("--accept-last-mm") { Description = "Largest mean tool error accepted at the last sample.", DefaultValueFactory = _ => 5.0 };
        var command = new Command("embodiment", "Train the Panda's embodiment MLP on kinematic pairs: no pictures, no demonstrations.") { output, steps, seed, threads, first, last };
        command.SetAction((parsed, stop) =>
        {
            TorchSharp.torch.set_num_threads(parsed.GetValue(threads));
            return Task.FromResult(Run(
                new RunFolder(parsed.GetValue(output)!), parsed.GetValue(steps), parsed.GetValue(seed), new Acceptance(parsed.GetValue(first), parsed.GetValue(last)), stop));
        });
        return command;
    }

    private static int Run(RunFolder run, int steps, ulong seed, Acceptance accepted, CancellationToken stop)
    {
        var config = run.ReadConfiguration();
        var trainer = new EmbodimentTrainer(PandaProfile.CreateKinematics(), PandaProfile.RestRad, config.Latent.Rms, seed);
        var (mlp, mapping) = Show(steps, report => trainer.Run(steps, report, stop));
        if (stop.IsCancellationRequested)
        {
            AnsiConsole.MarkupLineInterpolated($"Interrupted: nothing is written, the embodiment is trained from the beginning next time.");
            return 130;
        }
        AnsiConsole.MarkupLineInterpolated(
            $"tool error: {mapping.FirstSampleError.MeanMm:F3} mm at the first sample (p95 {mapping.FirstSampleError.P95Mm:F3}), {mapping.LastSampleError.MeanMm:F2} mm at the last (p95 {mapping.LastSampleError.P95Mm:F2})");
        if (mapping.FirstSampleError.MeanMm > accepted.FirstMm || mapping.LastSampleError.MeanMm > accepted.LastMm)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]Not written: accepted are {accepted.FirstMm} mm at the first and {accepted.LastMm} mm at the last sample. Train longer: --steps.[/]");
            return 1;
        }
        var folder = Directory.CreateDirectory(run.File($"embodiments/{PandaProfile.Name}")).FullName;
        ModuleWeights.Save(Path.Combine(folder, "embodiment.safetensors"), mlp.NamedWeights());
        var json = JsonSerializer.Serialize(PandaProfile.Create(mapping), EmbodimentProfile.JsonOptions);
        WholeFile.Write(Path.Combine(folder, "embodiment.json"), temporary => File.WriteAllText(temporary, json + "\n"));
        AnsiConsole.MarkupLineInterpolated($"Written to {folder}.");
        return 0;
    }

    private static T Show<T>(int steps, Func<Action<int, double>, T> train)
    {
        if (!AnsiConsole.Profile.Out.IsTerminal)
            return train((step, loss) => { if (step % 500 == 0) Console.WriteLine(FormattableString.Invariant($"step {step}/{steps}  loss {loss:G4}")); });
        return AnsiConsole.Progress().Start(context =>
        {
            var bar = context.AddTask("embodiment", maxValue: steps);
            return train((step, loss) => { bar.Value = step; bar.Description = FormattableString.Invariant($"loss {loss:G4}"); });
        });
    }

    private sealed record Acceptance(double FirstMm, double LastMm);
}
