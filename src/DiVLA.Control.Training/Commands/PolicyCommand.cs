using System.CommandLine;
using DiVLA.Control.Training.Checkpoints;
using DiVLA.Control.Training.Data;
using DiVLA.Control.Training.Evaluation;
using DiVLA.Control.Training.Optimisation;
using Spectre.Console;

namespace DiVLA.Control.Training.Commands;

/// <summary>`divla train policy`: backbone, film and head, from scratch or resumed.</summary>
internal static class PolicyCommand
{
    private const string RecipeFile = "recipe.json";

    public static Command Create()
    {
        var output = new Option<string>("--output") { Description = "Folder of the run.", DefaultValueFactory = _ => "runs/divla-tiny" };
        var config = new Option<FileInfo?>("--config") { Description = "Recipe: JSON with any of the hyper-parameters of docs/training.md. Options below override it." };
        var resume = new Option<bool>("--resume") { Description = "Go on with the run in the folder, with its own recipe." };
        var overrides = new RecipeOverrides();
        var command = new Command("policy", "Train backbone, film and diffusion head together.") { output, config, resume };
        overrides.AddTo(command);
        var demonstrations = new DemonstrationOptions("Share of each batch that is demonstrated; the rest is simulated.", 1.0, "Arm that demonstrated");
        demonstrations.AddTo(command);
        command.SetAction((parsed, stop) => Task.FromResult(TrainingGuard.Run(() =>
        {
            var run = new RunFolder(parsed.GetValue(output)!);
            var recipe = Choose(run, parsed.GetValue(config)?.FullName, parsed.GetValue(resume), given => overrides.Apply(parsed, given));
            return Train(run, recipe, demonstrations.Of(parsed), stop);
        })));
        return command;
    }

    private static Recipe Choose(RunFolder run, string? file, bool resume, Func<Recipe, Recipe> overridden)
    {
        if (run.HasProgress && !resume) throw new InvalidDataException($"{run.File("")} holds a run. Go on with it by --resume, or name another folder by --output.");
        if (resume && !run.HasProgress) throw new InvalidDataException($"{run.File("")} holds no run that could be resumed.");
        if (resume && file is not null) throw new InvalidDataException("--config: a resumed run keeps its own recipe; leave out one of --config and --resume.");
        var given = resume ? Recipe.Read(run.File(RecipeFile)) : file is null ? Recipe.Default : Recipe.Read(file);
        var recipe = overridden(given);
        var faults = recipe.Validate().ToList();
        return faults.Count == 0 ? recipe : throw new InvalidDataException(string.Join("; ", faults));
    }

    private static int Train(RunFolder run, Recipe recipe, DemonstrationChoice demonstrations, CancellationToken stop)
    {
        TorchSharp.torch.set_num_threads(recipe.Training.Threads);
        var set = demonstrations.Open();
        var vocabulary = Vocabulary.OfTasks(set?.Texts ?? []);
        var model = run.HasProgress ? run.ReadConfiguration() : demonstrations.Fit(recipe.Model.Configure(vocabulary.Size));
        using var mix = demonstrations.Mix(set, run, model, vocabulary, stop);
        run.WriteConfiguration(model, vocabulary);
        WholeFile.Write(run.File(RecipeFile), temporary => File.WriteAllText(temporary, recipe.ToJson()));
        var taken = 0;
        using var trainer = new Trainer(recipe.Training, run, model, vocabulary, TimeProvider.System, mix);
        Show(recipe.Training, progress => taken = trainer.Run(progress, stop));
        TrainingPlot.Write(run.File("metrics.jsonl"), run.File("metrics.png"));
        AnsiConsole.MarkupLineInterpolated($"{taken} of {recipe.Training.Steps} steps taken; checkpoint in {run.File("")}, losses in {run.File("metrics.png")}.");
        return taken == recipe.Training.Steps ? ExitCode.Success : ExitCode.Interrupted;
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

    private static string Describe(TrainingMetrics m, TrainingOptions options)
    {
        var remaining = TimeSpan.FromSeconds((options.Steps - m.Step) * options.BatchSize / Math.Max(m.SamplesPerSecond, 1e-9));
        var exact = string.Join(", ", m.PhraseExactMatch.Select(f => FormattableString.Invariant($"{f.Key} {f.Value:P0}")));
        return FormattableString.Invariant(
            $"step {m.Step}/{options.Steps}  L {m.Loss:F3} = L_diffusion {m.LossDiffusion:F3} + {options.Alpha} * L_ntp {m.LossNtp:F4}  aux {m.LossAuxiliary:F3}  exact {exact}  lr {m.LearningRate:G3}  {m.SamplesPerSecond:F0} samples/s  {remaining:hh\\:mm\\:ss} left");
    }

    private sealed class Reporter(Action<TrainingMetrics> report) : IProgress<TrainingMetrics>
    {
        public void Report(TrainingMetrics value) => report(value);
    }
}
