using DiVLA.Control.Robot;

namespace DiVLA.Control.ModelBuilder.Tests.Reference;

/// <summary>`docs/model.md`, section Embodiment.</summary>
internal static class ReferenceEmbodiment
{
    /// <summary>The trajectory, H * (n + 1) numbers: joints (rad), gripper width (m).</summary>
    public static double[] Run(LatentConfig latent, EmbodimentProfile profile, ReferenceWeights weights, double[] z, double[] joints)
    {
        double[] posture = [.. joints.Select((q, i) => (q - profile.RestRad[i]) / 0.4), .. joints.Select(Math.Sin), .. joints.Select(Math.Cos)];
        var trunk = Rows.Silu(weights.Linear("trunk.0", posture));
        foreach (var layer in (string[])["trunk.1", "trunk.2"]) trunk = Rows.Add(trunk, Rows.Silu(weights.Linear(layer, trunk)));
        return [.. Enumerable.Range(0, latent.Horizon).SelectMany(h =>
            Sample(latent, profile, weights, z[(h * latent.Size)..((h + 1) * latent.Size)], trunk, joints, h))];
    }

    private static IEnumerable<double> Sample(
        LatentConfig latent, EmbodimentProfile profile, ReferenceWeights weights, double[] z, double[] trunk, double[] joints, int h)
    {
        var motion = TurnedBack(latent.Rms[h], profile, z, joints[0]);
        var place = weights["head.sample"][(h * trunk.Length)..((h + 1) * trunk.Length)];
        var x = Rows.Silu(Rows.Add(weights.Linear("head.posture", trunk), Rows.Add(weights.Linear("head.motion", motion), place)));
        x = Rows.Silu(weights.Linear("head.hidden", x));
        var o = Rows.Add(weights.Linear("head.output", x), weights.Linear("base", trunk));
        for (var joint = 0; joint < joints.Length; joint++)
        {
            var moved = motion.Select((value, i) => o[joint * motion.Length + i] * value).Sum();
            var bias = o[joints.Length * motion.Length + joint] * (h + 1) / latent.Horizon;
            yield return joints[joint] + (moved + bias) * profile.Mapping!.DisplacementRmsRad[h];
        }
        yield return z[^1] > 0 ? profile.Gripper.OpenWidthM : profile.Gripper.ClosedWidthM;
    }

    // The displacement as one who turns with the first joint sees it.
    private static double[] TurnedBack(double[] rms, EmbodimentProfile profile, double[] z, double angle)
    {
        var poses = new RigidTransform[profile.JointCount + 1];
        profile.CreateKinematics().LinkPoses(new double[profile.JointCount], poses);
        var back = RotationVector.ToTransform(poses[0].AxisZ * -angle);
        var shift = back.Rotate(new Vector3d(z[0] * rms[0], z[1] * rms[1], z[2] * rms[2]));
        var turn = back.Rotate(new Vector3d(z[3] * rms[3], z[4] * rms[4], z[5] * rms[5]));
        var (shiftScale, turnScale) = (Math.Sqrt(rms[..3].Average(scale => scale * scale)), Math.Sqrt(rms[3..6].Average(scale => scale * scale)));
        return [shift.X / shiftScale, shift.Y / shiftScale, shift.Z / shiftScale, turn.X / turnScale, turn.Y / turnScale, turn.Z / turnScale];
    }
}
