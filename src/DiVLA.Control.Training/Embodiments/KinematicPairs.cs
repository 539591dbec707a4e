using DiVLA.Control.Robot;
using DiVLA.Control.Simulator;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Simulator.World;
using DiVLA.Control.Training.Data;

namespace DiVLA.Control.Training.Embodiments;

/// <summary>Motions of an arm without pictures: latents, start joints, and the joints that follow them. N pairs, H = 16 samples, n joints.</summary>
internal sealed class KinematicPairs
{
    private const int Horizon = SampleGenerator.Horizon;

    // What the tool covers within a horizon at top speed. Unit: m.
    private const double LongestMotion = 0.42;

    private readonly double[][] _rms;

    public KinematicPairs(ArmKinematics kinematics, double[] rest, double[][] latentRms, int count, ulong seed)
    {
        (Kinematics, Rest, Count, _rms) = (kinematics, rest, count, latentRms);
        Latents = new float[count * Horizon * 6];
        Joints = new float[count * rest.Length];
        Displacements = new float[count * Horizon * rest.Length];
        Jacobians = new float[count * Horizon * 6 * rest.Length];
        var random = new SplitMix64(seed);
        for (var i = 0; i < count; i++)
            while (!TryWrite(i, random)) { }
    }

    public ArmKinematics Kinematics { get; }

    public double[] Rest { get; }

    public int Count { get; }

    /// <summary>[N, H, 6], whitened.</summary>
    public float[] Latents { get; }

    /// <summary>[N, n]. Unit: rad.</summary>
    public float[] Joints { get; }

    /// <summary>[N, H, n], joints of the sample less start joints. Unit: rad.</summary>
    public float[] Displacements { get; }

    /// <summary>[N, H, 6, n], geometric Jacobian at the joints of the sample.</summary>
    public float[] Jacobians { get; }

    // False where the arm cannot follow the motion drawn.
    private bool TryWrite(int index, SplitMix64 random)
    {
        var n = Rest.Length;
        var poses = random.Chance(0.5) ? TaskMotion(random) : RandomMotion(random);
        if (!EpisodeSampler.TrySolveJoints(random, Kinematics, poses[0], out var start)) return false;
        Span<double> joints = stackalloc double[n];
        Span<double> jacobian = stackalloc double[6 * n];
        start.AsSpan().CopyTo(joints);
        for (var j = 0; j < n; j++) Joints[index * n + j] = (float)start[j];
        for (var h = 0; h < Horizon; h++)
        {
            if (!InverseKinematics.Solve(Kinematics, poses[h + 1], Rest, joints, 60)) return false;
            Kinematics.Jacobian(joints, jacobian);
            var row = index * Horizon + h;
            for (var j = 0; j < n; j++) Displacements[row * n + j] = (float)(joints[j] - start[j]);
            for (var k = 0; k < 6 * n; k++) Jacobians[row * 6 * n + k] = (float)jacobian[k];
            WriteLatent(row, h, poses[0], poses[h + 1]);
        }
        return true;
    }

    private void WriteLatent(int row, int h, in RigidTransform from, in RigidTransform to)
    {
        var (motion, turn) = (to.Origin - from.Origin, RotationVector.Between(from, to));
        ReadOnlySpan<double> displacement = [motion.X, motion.Y, motion.Z, turn.X, turn.Y, turn.Z];
        for (var l = 0; l < 6; l++) Latents[row * 6 + l] = (float)(displacement[l] / _rms[h][l]);
    }

    private static RigidTransform[] TaskMotion(SplitMix64 random)
    {
        var sample = SampleGenerator.Sample(random.NextBits() >> 1, draw: 0, Curriculum.None);
        return [sample.Tool, .. sample.Future.Select(f => f.Tool)];
    }

    // From anywhere over table and bins to anywhere, early or late, with a slow turn.
    private static RigidTransform[] RandomMotion(SplitMix64 random)
    {
        var start = EpisodeSampler.SampleTilt(random, 0.06).WithOrigin(RandomPoint(random));
        var reach = random.Chance(0.5) ? random.Between(0, 1) : random.Between(0, 0.15);
        var motion = (RandomPoint(random) - start.Origin) * reach;
        if (motion.Length > LongestMotion) motion = motion * (LongestMotion / motion.Length);
        var turn = RotationVector.Between(start, EpisodeSampler.SampleTilt(random, 0.04));
        var pace = random.Between(0.95, 1.6);
        var poses = new RigidTransform[Horizon + 1];
        poses[0] = start;
        for (var h = 0; h < Horizon; h++)
        {
            var share = Math.Pow((h + 1.0) / Horizon, pace);
            poses[h + 1] = (RotationVector.ToTransform(turn * share) * start.WithOrigin(default)).WithOrigin(start.Origin + motion * share);
        }
        return poses;
    }

    private static Vector3d RandomPoint(SplitMix64 random) =>
        new(random.Between(TableLayout.NearestX - 0.06, TableLayout.FarthestX + 0.04), random.Between(-0.37, 0.37), random.Between(0.005, 0.34));
}
