using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.Robot;

namespace DiVLA.Control.ModelBuilder.Checkpoints;

/// <summary>One arm's part of a checkpoint: `embodiments/&lt;name&gt;`.</summary>
internal sealed record EmbodimentCheckpoint(string Name, string Directory, EmbodimentProfile Profile, SafetensorsFile Weights)
{
    public const string FolderName = "embodiments";

    public const string ProfileFileName = "embodiment.json";

    public const string WeightsFileName = "embodiment.safetensors";

    /// <summary>Where the profile contradicts the policy or itself.</summary>
    public IEnumerable<string> Faults(ModelConfig config)
    {
        var file = $"{FolderName}/{Name}/{ProfileFileName}";
        if (Profile.Name != Name) yield return $"{file}: name: is '{Profile.Name}', the folder is '{Name}'.";
        if (Profile.StateId != config.State.Id) yield return $"{file}: state_id: is '{Profile.StateId}', the policy has '{config.State.Id}'.";
        if (Profile.LatentId != config.Latent.Id) yield return $"{file}: latent_id: is '{Profile.LatentId}', the policy has '{config.Latent.Id}'.";
        if (Profile.RestRad.Length != Profile.JointCount)
            yield return $"{file}: rest_rad: has {Profile.RestRad.Length} numbers, the arm has {Profile.JointCount} joints.";
        if (Profile.Mapping is not { } mapping)
        {
            yield return $"{file}: mapping: is missing.";
            yield break;
        }
        if (mapping.Kind != EmbodimentMappingKind.Mlp) yield return $"{file}: mapping.kind: {mapping.Kind} cannot be built.";
        if (mapping.Hidden < 1) yield return $"{file}: mapping.hidden: is {mapping.Hidden}, at least 1 is needed.";
        if (mapping.DisplacementRmsRad.Length != config.Latent.Horizon)
            yield return $"{file}: mapping.displacement_rms_rad: has {mapping.DisplacementRmsRad.Length} numbers, the horizon is {config.Latent.Horizon}.";
    }
}
