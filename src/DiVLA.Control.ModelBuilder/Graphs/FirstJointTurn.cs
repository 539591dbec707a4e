using DiVLA.Control.Robot;

namespace DiVLA.Control.ModelBuilder.Graphs;

/// <summary>How displacements are turned back by the first joint's angle: R = cos q Across + sin q Around + Along, 3 x 3 each, row by row. Training uses the same numbers.</summary>
public sealed class FirstJointTurn
{
    /// <summary>Takes the axis from a profile.</summary>
    public FirstJointTurn(EmbodimentProfile profile)
    {
        var poses = new RigidTransform[profile.JointCount + 1];
        profile.CreateKinematics().LinkPoses(profile.RestRad, poses);
        var (x, y, z) = poses[0].AxisZ;
        Along = Floats(x * x, x * y, x * z, y * x, y * y, y * z, z * x, z * y, z * z);
        Across = Floats(1 - x * x, -x * y, -x * z, -y * x, 1 - y * y, -y * z, -z * x, -z * y, 1 - z * z);
        Around = Floats(0, -z, y, z, 0, -x, -y, x, 0);
    }

    /// <summary>What stays: the part along the axis.</summary>
    public float[] Along { get; }

    /// <summary>What turns by the cosine.</summary>
    public float[] Across { get; }

    /// <summary>What turns by the sine.</summary>
    public float[] Around { get; }

    /// <summary>Metres and radians of a latent's numbers, `[H, 6]`.</summary>
    public static float[] LatentScale(double[][] rms) => [.. rms.SelectMany(row => row.Take(6)).Select(scale => (float)scale)];

    /// <summary>Scale of the turned displacements, `[H, 6]`: one for the three shifts of a sample and one for its turns.</summary>
    public static float[] MotionScale(double[][] rms) => [.. rms.SelectMany(row => Enumerable.Repeat(Scale(row, 0), 3).Concat(Enumerable.Repeat(Scale(row, 3), 3)))];

    private static float Scale(double[] row, int first) =>
        (float)Math.Sqrt((row[first] * row[first] + row[first + 1] * row[first + 1] + row[first + 2] * row[first + 2]) / 3);

    private static float[] Floats(params double[] values) => Array.ConvertAll(values, value => (float)value);
}
