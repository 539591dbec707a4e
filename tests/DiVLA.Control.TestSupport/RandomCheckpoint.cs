using System.Text.Json;
using DiVLA.Control.ModelBuilder;
using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Arm;

namespace DiVLA.Control.TestSupport;

/// <summary>Checkpoint folders that hold random weights in the form that training writes.</summary>
public static class RandomCheckpoint
{
    /// <summary>Width of the random embodiment's MLP, the trained one's.</summary>
    public const int EmbodimentHidden = 256;

    /// <summary>Writes a whole checkpoint with a Panda embodiment.</summary>
    public static void Write(string directory, ModelConfig config, int seed)
    {
        Directory.CreateDirectory(directory);
        SafetensorsWriter.Write(Path.Combine(directory, "model.safetensors"), RandomWeights.Policy(config, seed));
        File.WriteAllText(Path.Combine(directory, ModelConfig.FileName), JsonSerializer.Serialize(config, ModelConfig.JsonOptions));
        TestTokenizer.Save(Path.Combine(directory, "tokenizer.json"));
        WriteEmbodiment(Path.Combine(directory, "embodiments", ArmProfiles.Panda.Name), config.Latent, seed);
    }

    private static void WriteEmbodiment(string directory, LatentConfig latent, int seed)
    {
        Directory.CreateDirectory(directory);
        var profile = ArmProfiles.Panda with { Mapping = Mapping(latent) };
        File.WriteAllText(Path.Combine(directory, "embodiment.json"), JsonSerializer.Serialize(profile, EmbodimentProfile.JsonOptions));
        SafetensorsWriter.Write(
            Path.Combine(directory, "embodiment.safetensors"), RandomWeights.Embodiment(latent, profile.JointCount, EmbodimentHidden, seed));
    }

    // Displacements of a random MLP are noise: scaled down, they stay small motions about where the arm is.
    private static EmbodimentMapping Mapping(LatentConfig latent) => new()
    {
        Kind = EmbodimentMappingKind.Mlp,
        Hidden = EmbodimentHidden,
        DisplacementRmsRad = [.. Enumerable.Range(1, latent.Horizon).Select(sample => 0.002 * sample)],
        TrainedLowerRad = [.. ArmProfiles.Panda.RestRad.Select(angle => angle - 0.8)],
        TrainedUpperRad = [.. ArmProfiles.Panda.RestRad.Select(angle => angle + 0.8)],
        TrainedLatentMax = [.. Enumerable.Repeat(4.0, latent.Size)],
        FirstSampleError = new ToolError(0.3, 0.6),
        LastSampleError = new ToolError(2.0, 4.0),
        ProbePoses = [Probe(ArmProfiles.Panda.RestRad), Probe([0.3, -0.2, 0.1, -2.0, 0.2, 1.8, 0.5])],
    };

    private static ProbePose Probe(double[] joints) => new(joints, ArmProfiles.Panda.CreateKinematics().ToolPose(joints).ToRows());
}
