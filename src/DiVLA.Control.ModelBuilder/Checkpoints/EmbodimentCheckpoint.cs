using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Robot;

namespace DiVLA.Control.ModelBuilder.Checkpoints;

/// <summary>One arm's part of a checkpoint: `embodiments/&lt;name&gt;`.</summary>
internal sealed record EmbodimentCheckpoint(string Name, string Directory, EmbodimentProfile Profile, SafetensorsFile Weights)
{
    /// <summary>Where the profile contradicts the policy or itself.</summary>
    public IEnumerable<string> Faults(ModelConfig config)
    {
        var file = EmbodimentPaths.Of(Name, EmbodimentPaths.Profile);
        if (Profile.Name != Name) yield return $"{file}: name: is '{Profile.Name}', the folder is '{Name}'.";
        if (Profile.StateId != config.State.Id) yield return $"{file}: state_id: is '{Profile.StateId}', the policy has '{config.State.Id}'.";
        if (Profile.LatentId != config.Latent.Id) yield return $"{file}: latent_id: is '{Profile.LatentId}', the policy has '{config.Latent.Id}'.";
        foreach (var fault in ProfileRules.Faults(Profile)) yield return $"{file}: {fault}.";
        if (Profile.Mapping is { } mapping) foreach (var fault in Faults(mapping, config)) yield return $"{file}: mapping.{fault}";
        else yield return $"{file}: mapping: is missing; `divla train embodiment` makes one.";
    }

    private static IEnumerable<string> Faults(EmbodimentMapping mapping, ModelConfig config)
    {
        if (mapping.Kind != EmbodimentMappingKind.Mlp) yield return $"kind: {mapping.Kind} cannot be built.";
        if (mapping.Hidden < 1) yield return $"hidden: is {mapping.Hidden}, at least 1 is needed.";
        if (mapping.DisplacementRmsRad.Length != config.Latent.Horizon)
            yield return $"displacement_rms_rad: has {mapping.DisplacementRmsRad.Length} numbers, the horizon is {config.Latent.Horizon}.";
        if (mapping.LatentRms.Length != config.Latent.Horizon || !mapping.LatentRms.Zip(config.Latent.Rms).All(rows => rows.First.AsSpan().SequenceEqual(rows.Second)))
            yield return "latent_rms: is not the policy's latent.rms; train the embodiment again for this policy.";
    }
}
