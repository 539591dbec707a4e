using System.CommandLine;
using DiVLA.Control.Training.Checkpoints;
using DiVLA.Control.Training.Data;
using DiVLA.Control.Training.Optimisation;
using Spectre.Console;

namespace DiVLA.Control.Training.Commands;

/// <summary>`divla train policy`: backbone, film and head, from scratch or resumed.</summary>
internal static class PolicyCommand
{
    private const int RmsSamples = 20_000;

    public static Command Create()
    {
        var output = new Option<string>("--output") { Description = "Folder of the run; a run found there is resumed.", DefaultValueFactory = _ => "runs/divla-tiny" };
        var defaults = new TrainingOptions();
        var steps = new Option<int>("--steps") { Description = "Optimiser steps in all.", DefaultValueFactory = _ => defaults.Steps };
        var seed = new Option<ulong>("--seed") { Description = "Seed of weights, data and noise.", DefaultValueFactory = _ => defaults.Seed };
        var alpha = new Option<double>("--alpha") { Description = "Weight of next-token prediction.", DefaultValueFactory = _ => defaults.Alpha };
        var rate = new Option<double>("--learning-rate") { Description = "Highest learning rate.", DefaultValueFactory = _ => defaults.LearningRate };
        var batch = new Option<int>("--batch-size") { Description = "Labelled states a step.", DefaultValueFactory = _ => defaults.BatchSize };
        var threads = new Option<int>("--threads") { Description = "Threads of libtorch.", DefaultValueFactory = _ => defaults.Threads };
        var command = new Command("policy", "Train backbone, film and diffusion head together.") { output, steps, seed, alpha, rate, batch, threads };
        command.SetAction((parsed, stop) => Task.FromResult(Run(parsed.GetValue(output)!, defaults with
        {
            Steps = parsed.GetValue(steps),
            Seed = parsed.GetValue(seed),
            Alpha = parsed.GetValue(alpha),
            LearningRate = parsed.GetValue(rate),
            BatchSize = parsed.GetValue(batch),
            Threads = parsed.GetValue(threads),
        }, stop)));
        return command;
    }

    private static int Run(string output, TrainingOptions options, CancellationToken stop)
    {
        var faults = options.Validate().ToList();
        foreach (var fault in faults) AnsiConsole.MarkupLineInterpolated($"[red]{fault}[/]");
        if (faults.Count > 0) return 2;
        TorchSharp.torch.set_num_threads(options.Threads);
        var vocabulary = Vocabulary.OfTasks();
        var run = new RunFolder(output);
        var config = run.HasProgress ? run.ReadConfiguration() : TinyModel.Configure(vocabulary.Size, Latent.MeasureRms(RmsSamples, seed: 0));
        run.WriteConfiguration(config, vocabulary);
        var taken = 0;
        using var trainer = new Trainer(options, run, config, vocabulary, TimeProvider.System);
        Show(options, progress => taken = trainer.Run(progress, stop));
        AnsiConsole.MarkupLineInterpolated($"{taken} of {options.Steps} steps taken; checkpoint in {output}.");
        return taken == options.Steps ? 0 : 130;
    }

    // A bar on a terminal, a line every 100 steps in a log.
    private static void Show(TrainingOptions options, Action<IProgress<TrainingMetrics>> train)
    {
        if (!AnsiConsole.Profile.Out.IsTerminal)
        {
            train(new Reporter(m => { if (m.Step % 100 == 0 || m.Step == 1) Console.WriteLine(Describe(m, options)); }));
            return;
        }
        AnsiConsole.Progress().Columns(new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new TaskDescriptionColumn { Alignment = Justify.Left }).Start(context =>
        {
            var bar = context.AddTask("training", maxValue: options.Steps);
            train(new Reporter(m => { bar.Value = m.Step; bar.Description = Markup.Escape(Describe(m, options)); }));
        });
    }

    private static string Describe(TrainingMetrics m, TrainingOptions options) =>
        FormattableString.Invariant($"step {m.Step}/{options.Steps}  L {m.Loss:F3} = L_diffusion {m.LossDiffusion:F3} + {options.Alpha} * L_ntp {m.LossNtp:F4}  aux {m.LossAuxiliary:F3}  exact {string.Join(", ", m.PhraseExactMatch.Select(f => FormattableString.Invariant($"{f.Key} {f.Value:P0}")))}  lr {m.LearningRate:G3}  {m.SamplesPerSecond:F0} samples/s");

    private sealed class Reporter(Action<TrainingMetrics> report) : IProgress<TrainingMetrics>
    {
        public void Report(TrainingMetrics value) => report(value);
    }
}
