using System.Text.Json;
using DiVLA.Control.ModelBuilder;
using DiVLA.Control.ModelBuilder.Bundles;
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
        WriteEmbodiment(directory, ArmProfiles.Panda, config.Latent, seed);
    }

    /// <summary>Writes an arm's folder with a random MLP into `embodiments` of a checkpoint or of a bundle: whole in itself, as training writes it.</summary>
    public static void WriteEmbodiment(string directory, EmbodimentProfile arm, LatentConfig latent, int seed)
    {
        var profile = arm with { Mapping = Mapping(arm, latent) };
        EmbodimentFolder.Write(
            Path.Combine(directory, "embodiments", arm.Name),
            profile,
            weights => SafetensorsWriter.Write(weights, RandomWeights.Embodiment(latent, profile.JointCount, EmbodimentHidden, seed)));
    }

    // Displacements of a random MLP are noise: scaled down, they stay small motions about where the arm is.
    private static EmbodimentMapping Mapping(EmbodimentProfile arm, LatentConfig latent) => new()
    {
        Kind = EmbodimentMappingKind.Mlp,
        Hidden = EmbodimentHidden,
        DisplacementRmsRad = [.. Enumerable.Range(1, latent.Horizon).Select(sample => 0.002 * sample)],
        TrainedLowerRad = [.. arm.RestRad.Select(angle => angle - 0.8)],
        TrainedUpperRad = [.. arm.RestRad.Select(angle => angle + 0.8)],
        TrainedLatentMax = [.. Enumerable.Repeat(4.0, latent.Size)],
        LatentRms = latent.Rms,
        FirstSampleError = new ToolError(0.3, 0.6),
        LastSampleError = new ToolError(2.0, 4.0),
        ProbePoses = [Probe(arm, 0), Probe(arm, 0.1)],
    };

    private static ProbePose Probe(EmbodimentProfile arm, double offset)
    {
        double[] joints = [.. arm.RestRad.Select(angle => angle + offset)];
        return new ProbePose(joints, arm.CreateKinematics().ToolPose(joints).ToRows());
    }
}
