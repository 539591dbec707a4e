using System.Text.Json;
using DiVLA.Control.ModelBuilder;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Robot;
using DiVLA.Control.Training.Data;

namespace DiVLA.Control.Training.Embodiments;

/// <summary>Where an embodiment goes, and the latent that it must map.</summary>
/// <remarks>
/// A run's folder (config.json) or a bundle's (policy.json) says what its policy speaks; any other folder stands for the latent that all policies of this
/// recipe speak. In every one of them the embodiment becomes `embodiments/&lt;name&gt;`, whole in itself.
/// </remarks>
internal sealed record EmbodimentTarget(string Directory, string StateId, string LatentId, double[][] LatentRms)
{
    /// <summary>Reads what a folder asks for; the folder need not exist.</summary>
    /// <exception cref="InvalidDataException">It cannot take an embodiment of this arm; says why.</exception>
    public static EmbodimentTarget Of(string directory, EmbodimentProfile arm)
    {
        var target = Read(directory, arm);
        if (target.StateId != arm.StateId) throw new InvalidDataException($"The profile of {arm.Name} has state_id '{arm.StateId}', the policy in {directory} '{target.StateId}'.");
        if (target.LatentId != arm.LatentId) throw new InvalidDataException($"The profile of {arm.Name} has latent_id '{arm.LatentId}', the policy in {directory} '{target.LatentId}'.");
        return target.LatentRms.Length == SampleGenerator.Horizon
            ? target
            : throw new InvalidDataException($"{directory}: the latent has {target.LatentRms.Length} samples, expected {SampleGenerator.Horizon}: other policies' latents are not in task space.");
    }

    /// <summary>Folder of an arm's embodiment.</summary>
    public string FolderOf(EmbodimentProfile arm) => Path.Combine(Directory, EmbodimentPaths.Folder, arm.Name);

    private static EmbodimentTarget Read(string directory, EmbodimentProfile arm)
    {
        var (run, bundle) = (Path.Combine(directory, ModelConfig.FileName), Path.Combine(directory, PolicyManifest.FileName));
        if (File.Exists(run) && ReadJson<ModelConfig>(run, ModelConfig.JsonOptions) is var config) return new EmbodimentTarget(directory, config.State.Id, config.Latent.Id, config.Latent.Rms);
        if (!File.Exists(bundle)) return new EmbodimentTarget(directory, TaskSpaceTerms.StateId, TaskSpaceTerms.LatentId, Latent.Scale);
        var manifest = ReadJson<PolicyManifest>(bundle, PolicyManifest.JsonOptions);
        if (manifest.Embodiments.Any(embodiment => embodiment.Name == arm.Name))
            throw new InvalidDataException($"{bundle} lists {arm.Name} among its own embodiments, which only `divla model build` replaces. Train into the run's folder, or give the profile another name.");
        return new EmbodimentTarget(directory, manifest.State.Id, manifest.Latent.Id, manifest.Latent.Rms);
    }

    private static T ReadJson<T>(string path, JsonSerializerOptions options) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllText(path), options) ?? throw new InvalidDataException($"{path} is empty.");
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"{path}: {fault.Message}", fault);
        }
    }
}
