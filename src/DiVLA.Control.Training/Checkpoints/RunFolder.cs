using System.Text.Json;
using DiVLA.Control.ModelBuilder;
using DiVLA.Control.Training.Data;
using DiVLA.Control.Training.Modules;
using DiVLA.Control.Training.Optimisation;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DiVLA.Control.Training.Checkpoints;

/// <summary>A run's folder: weights and configuration for the model builder, and what a resumed run needs.</summary>
internal sealed class RunFolder(string path)
{
    private string Weights => File("model.safetensors");

    private string AuxiliaryWeights => File("training/auxiliary.safetensors");

    private string Optimiser => File("training/optimiser.bin");

    private string Progress => File("training/progress.json");

    /// <summary>Path of a file in the folder.</summary>
    public string File(string name) => Path.Combine(path, name);

    /// <summary>True where a run can be resumed.</summary>
    public bool HasProgress => System.IO.File.Exists(Progress);

    /// <summary>Writes what does not change during a run.</summary>
    public void WriteConfiguration(ModelConfig config, Vocabulary vocabulary)
    {
        Directory.CreateDirectory(File("training"));
        System.IO.File.WriteAllText(File("config.json"), JsonSerializer.Serialize(config, ModelConfig.JsonOptions) + "\n");
        vocabulary.Save(File("tokenizer.json"));
    }

    /// <summary>Reads what <see cref="WriteConfiguration"/> wrote.</summary>
    /// <exception cref="InvalidDataException">There is no readable configuration.</exception>
    public ModelConfig ReadConfiguration() =>
        JsonSerializer.Deserialize<ModelConfig>(System.IO.File.ReadAllText(File("config.json")), ModelConfig.JsonOptions)
            ?? throw new InvalidDataException($"{File("config.json")} is empty.");

    /// <summary>Saves a checkpoint. Progress is written last: it marks the rest as whole.</summary>
    public void Save(DiffusionVlaModel model, AuxiliaryHead auxiliary, AdamW optimiser, int step)
    {
        ModuleWeights.Save(Weights, model.NamedWeights());
        ModuleWeights.Save(AuxiliaryWeights, Named(auxiliary));
        optimiser.save_state_dict(Optimiser);
        System.IO.File.WriteAllText(Progress, JsonSerializer.Serialize(new TrainingProgress(step), ModelConfig.JsonOptions));
    }

    /// <summary>Loads the newest checkpoint.</summary>
    /// <returns>Steps already taken.</returns>
    public int Resume(DiffusionVlaModel model, AuxiliaryHead auxiliary, AdamW optimiser)
    {
        ModuleWeights.Load(Weights, model.NamedWeights());
        ModuleWeights.Load(AuxiliaryWeights, Named(auxiliary));
        optimiser.load_state_dict(Optimiser);
        return JsonSerializer.Deserialize<TrainingProgress>(System.IO.File.ReadAllText(Progress), ModelConfig.JsonOptions)!.Step;
    }

    private static IEnumerable<(string, Tensor)> Named(nn.Module module) => module.named_parameters().Select(p => (p.name, (Tensor)p.parameter));

    private sealed record TrainingProgress(int Step);
}
