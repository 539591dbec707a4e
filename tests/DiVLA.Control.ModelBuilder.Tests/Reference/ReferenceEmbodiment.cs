using DiVLA.Control.Robot;

namespace DiVLA.Control.ModelBuilder.Tests.Reference;

/// <summary>`docs/model.md`, section Embodiment.</summary>
internal static class ReferenceEmbodiment
{
    /// <summary>The trajectory, H * (n + 1) numbers: joints (rad), gripper width (m).</summary>
    public static double[] Run(LatentConfig latent, EmbodimentProfile profile, ReferenceWeights weights, double[] z, double[] joints)
    {
        double[] features = [.. joints.Select((q, i) => (q - profile.RestRad[i]) / 0.4), .. joints.Select(Math.Sin), .. joints.Select(Math.Cos)];
        return [.. Enumerable.Range(0, latent.Horizon).SelectMany(h =>
            Sample(latent, profile, weights, z[(h * latent.Size)..((h + 1) * latent.Size)], features, joints, h))];
    }

    private static IEnumerable<double> Sample(
        LatentConfig latent, EmbodimentProfile profile, ReferenceWeights weights, double[] z, double[] features, double[] joints, int h)
    {
        var motion = z[..^1];
        var oneHot = Enumerable.Range(0, latent.Horizon).Select(sample => sample == h ? 1.0 : 0.0);
        double[] x = [.. motion, .. oneHot, .. features];
        foreach (var layer in (int[])[0, 2, 4]) x = Rows.Silu(weights.Linear($"mlp.{layer}", x));
        var o = weights.Linear("mlp.6", x);
        for (var joint = 0; joint < joints.Length; joint++)
        {
            var moved = motion.Select((value, i) => o[joint * motion.Length + i] * value).Sum();
            var bias = o[joints.Length * motion.Length + joint] * (h + 1) / latent.Horizon;
            yield return joints[joint] + (moved + bias) * profile.Mapping!.DisplacementRmsRad[h];
        }
        yield return z[^1] > 0 ? profile.Gripper.OpenWidthM : profile.Gripper.ClosedWidthM;
    }
}
