using System.Text.Json;
using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Robot;

namespace DiVLA.Control.ModelBuilder.Checkpoints;

/// <summary>A checkpoint's folder, read and checked.</summary>
internal sealed class Checkpoint : IDisposable
{
    public const string WeightsFileName = "model.safetensors";

    public const string TokenizerFileName = "tokenizer.json";

    private Checkpoint(string directory, ModelConfig config, SafetensorsFile weights, EmbodimentCheckpoint[] embodiments)
    {
        Directory = directory;
        Config = config;
        Weights = weights;
        Embodiments = embodiments;
    }

    public string Directory { get; }

    public ModelConfig Config { get; }

    public SafetensorsFile Weights { get; }

    /// <summary>By name.</summary>
    public IReadOnlyList<EmbodimentCheckpoint> Embodiments { get; }

    /// <summary>Opens a folder.</summary>
    /// <exception cref="ModelBuildException">Files are missing, damaged or contradict each other; lists all that is wrong.</exception>
    public static Checkpoint Open(string directory)
    {
        var faults = new List<string>();
        var config = ReadJson<ModelConfig>(Path.Combine(directory, ModelConfig.FileName), ModelConfig.JsonOptions, faults);
        if (config is not null) faults.AddRange(ModelConfigCheck.Faults(config).Select(fault => $"{ModelConfig.FileName}: {fault}"));
        if (!File.Exists(Path.Combine(directory, TokenizerFileName))) faults.Add($"{TokenizerFileName}: is missing.");
        var weights = OpenWeights(Path.Combine(directory, WeightsFileName), faults);
        var embodiments = OpenEmbodiments(Path.Combine(directory, EmbodimentPaths.Folder), config, faults);
        if (config is not null && weights is not null && faults.Count == 0) return new Checkpoint(directory, config, weights, embodiments);
        weights?.Dispose();
        foreach (var embodiment in embodiments) embodiment.Weights.Dispose();
        throw new ModelBuildException(faults);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Weights.Dispose();
        foreach (var embodiment in Embodiments) embodiment.Weights.Dispose();
    }

    private static EmbodimentCheckpoint[] OpenEmbodiments(string folder, ModelConfig? config, List<string> faults)
    {
        var found = new List<EmbodimentCheckpoint>();
        // A name that begins with a dot is a folder that was never finished.
        var directories = System.IO.Directory.Exists(folder) ? System.IO.Directory.GetDirectories(folder).Where(path => !Path.GetFileName(path).StartsWith('.')).ToArray() : [];
        foreach (var directory in directories.Order(StringComparer.Ordinal))
        {
            var profile = ReadJson<EmbodimentProfile>(Path.Combine(directory, EmbodimentPaths.Profile), EmbodimentProfile.JsonOptions, faults);
            var weights = OpenWeights(Path.Combine(directory, EmbodimentPaths.Weights), faults);
            if (profile is null || weights is null) weights?.Dispose();
            else found.Add(new EmbodimentCheckpoint(Path.GetFileName(directory), directory, profile, weights));
        }
        if (directories.Length == 0) faults.Add($"{EmbodimentPaths.Folder}: no embodiment found, at least one is needed.");
        if (config is not null) faults.AddRange(found.SelectMany(embodiment => embodiment.Faults(config)));
        return [.. found];
    }

    private static SafetensorsFile? OpenWeights(string path, List<string> faults)
    {
        try
        {
            return SafetensorsFile.Open(path);
        }
        catch (Exception fault) when (fault is SafetensorsException or IOException or UnauthorizedAccessException)
        {
            faults.Add(fault.Message);
            return null;
        }
    }

    private static T? ReadJson<T>(string path, JsonSerializerOptions options, List<string> faults) where T : class
    {
        try
        {
            using var file = File.OpenRead(path);
            return JsonSerializer.Deserialize<T>(file, options) ?? throw new JsonException("the file holds nothing but null.");
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException)
        {
            faults.Add($"{path}: {fault.Message}");
            return null;
        }
    }
}
