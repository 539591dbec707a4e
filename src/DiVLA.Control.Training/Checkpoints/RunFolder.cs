using System.Text.Json;
using DiVLA.Control.ModelBuilder;
using DiVLA.Control.Training.Data;
using DiVLA.Control.Training.Modules;
using DiVLA.Control.Training.Optimisation;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DiVLA.Control.Training.Checkpoints;

/// <summary>A run's folder: weights and configuration for the model builder, and what a resumed run needs.</summary>
/// <remarks>
/// <code>
/// config.json  tokenizer.json  model.safetensors      what the model builder reads: the newest checkpoint's weights
/// training/progress.json                              names the newest whole checkpoint
/// training/step-N/                                    that checkpoint: model, auxiliary head, optimiser
/// </code>
/// A checkpoint is written beside the one before and counts from the instant that progress.json names it, in one rename: a run that is
/// killed at any moment resumes from the one or from the other.
/// </remarks>
internal sealed class RunFolder(string path)
{
    private const string WeightsFileName = "model.safetensors";
    private const string AuxiliaryFileName = "auxiliary.safetensors";
    private const string OptimiserFileName = "optimiser.bin";
    private const string CheckpointPrefix = "step-";

    private string Progress => File("training/progress.json");

    /// <summary>Path of a file in the folder.</summary>
    public string File(string name) => Path.Combine(path, name);

    /// <summary>True where a run can be resumed.</summary>
    public bool HasProgress => System.IO.File.Exists(Progress);

    /// <summary>Writes what does not change during a run.</summary>
    public void WriteConfiguration(ModelConfig config, Vocabulary vocabulary)
    {
        Directory.CreateDirectory(File("training"));
        WholeFile.Write(File("config.json"), temporary => System.IO.File.WriteAllText(temporary, JsonSerializer.Serialize(config, ModelConfig.JsonOptions) + "\n"));
        WholeFile.Write(File("tokenizer.json"), vocabulary.Save);
    }

    /// <summary>Reads what <see cref="WriteConfiguration"/> wrote.</summary>
    /// <exception cref="InvalidDataException">There is no readable configuration.</exception>
    public ModelConfig ReadConfiguration() =>
        JsonSerializer.Deserialize<ModelConfig>(System.IO.File.ReadAllText(File("config.json")), ModelConfig.JsonOptions)
            ?? throw new InvalidDataException($"{File("config.json")} is empty.");

    /// <summary>Saves a checkpoint; the one before stays until this one is whole.</summary>
    public void Save(DiffusionVlaModel model, AuxiliaryHead auxiliary, AdamW optimiser, int step)
    {
        var checkpoint = Checkpoint(step);
        Directory.CreateDirectory(checkpoint);
        ModuleWeights.Save(Path.Combine(checkpoint, WeightsFileName), model.NamedWeights());
        ModuleWeights.Save(Path.Combine(checkpoint, AuxiliaryFileName), Named(auxiliary));
        WholeFile.Write(Path.Combine(checkpoint, OptimiserFileName), temporary => optimiser.save_state_dict(temporary));
        WholeFile.Write(Progress, temporary => System.IO.File.WriteAllText(temporary, JsonSerializer.Serialize(new TrainingProgress(step), ModelConfig.JsonOptions)));
        Publish(checkpoint);
    }

    /// <summary>Loads the newest whole checkpoint.</summary>
    /// <returns>Steps already taken.</returns>
    /// <exception cref="InvalidDataException">The checkpoint that progress.json names cannot be read.</exception>
    public int Resume(DiffusionVlaModel model, AuxiliaryHead auxiliary, AdamW optimiser)
    {
        var step = ReadStep();
        var checkpoint = Checkpoint(step);
        if (!Directory.Exists(checkpoint)) throw new InvalidDataException($"{Progress} names step {step}, but there is no {checkpoint}. Begin again in another folder.");
        ModuleWeights.Load(Path.Combine(checkpoint, WeightsFileName), model.NamedWeights());
        ModuleWeights.Load(Path.Combine(checkpoint, AuxiliaryFileName), Named(auxiliary));
        optimiser.load_state_dict(Path.Combine(checkpoint, OptimiserFileName));
        Publish(checkpoint);
        return step;
    }

    private string Checkpoint(int step) => File(FormattableString.Invariant($"training/{CheckpointPrefix}{step}"));

    // The run may have been killed between naming a checkpoint and this.
    private void Publish(string checkpoint)
    {
        WholeFile.Write(File(WeightsFileName), temporary => System.IO.File.Copy(Path.Combine(checkpoint, WeightsFileName), temporary));
        foreach (var other in Directory.GetDirectories(File("training"), CheckpointPrefix + "*"))
            if (Path.GetFullPath(other) != Path.GetFullPath(checkpoint)) Directory.Delete(other, recursive: true);
    }

    private int ReadStep() => (JsonSerializer.Deserialize<TrainingProgress>(System.IO.File.ReadAllText(Progress), ModelConfig.JsonOptions)
        ?? throw new InvalidDataException($"{Progress} is empty.")).Step;

    private static IEnumerable<(string, Tensor)> Named(nn.Module module) => module.named_parameters().Select(p => (p.name, (Tensor)p.parameter));

    private sealed record TrainingProgress(int Step);
}
