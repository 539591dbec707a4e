using System.Runtime.ExceptionServices;
using DiVLA.Control.Robot;
using DiVLA.Control.Simulator;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Simulator.World;
using DiVLA.Control.Training.Data;

namespace DiVLA.Control.Training.Embodiments;

/// <summary>Motions of an arm without pictures: latents, start joints, and the joints that follow them. N pairs, H = 16 samples, n joints.</summary>
/// <remarks>
/// Half of the motions are the tasks', half go from anywhere to anywhere over table and bins. Each motion gives several pairs: one from its start, the
/// others from the middle of it, which go on to stand still where it ends. The same arguments give the same pairs, whatever the number of threads.
/// </remarks>
internal sealed class KinematicPairs
{
    private const int Horizon = SampleGenerator.Horizon;

    // What the tool covers within a horizon at top speed. Unit: m.
    private const double LongestMotion = 0.42;

    // Free motion is drawn to rest slowly, over about a second: a fast one would cost the first samples their accuracy.
    private const double Pull = 0.02;
    private const int Iterations = 60;
    private const double TaskShare = 0.5;
    private const int MostTries = 1000;

    private static readonly int[] _starts = [0, 6, 12];

    private readonly EmbodimentProfile _arm;
    private readonly ArmKinematics _kinematics;
    private readonly double[][] _rms;
    private readonly DemonstrationShare? _demonstrations;

    /// <summary>Draws all pairs.</summary>
    /// <param name="arm">The arm.</param>
    /// <param name="latentRms">Scale of the latents, `[H][L]`.</param>
    /// <param name="motions">Motions; each gives <see cref="PairsAMotion"/> pairs.</param>
    /// <param name="seed">Of the motions.</param>
    /// <param name="threads">Threads to draw with.</param>
    /// <param name="demonstrations">Motions that somebody demonstrated; null for none.</param>
    /// <exception cref="InvalidDataException">The arm can follow next to no motion over the table.</exception>
    public KinematicPairs(EmbodimentProfile arm, double[][] latentRms, int motions, ulong seed, int threads, DemonstrationShare? demonstrations = null)
    {
        (_arm, _kinematics, _rms, _demonstrations) = (arm, arm.CreateKinematics(), latentRms, demonstrations);
        Count = motions * PairsAMotion;
        Latents = new float[Count * Horizon * 6];
        Joints = new float[Count * arm.JointCount];
        Displacements = new float[Count * Horizon * arm.JointCount];
        Jacobians = new float[Count * Horizon * 6 * arm.JointCount];
        var first = new SplitMix64(seed).NextBits();
        // Far apart, so that no motion's random numbers are those of another one.
        DrawAll(motions, threads, motion => Draw(motion, new SplitMix64(first + ((ulong)motion << 24))));
    }

    /// <summary>Pairs that each motion gives.</summary>
    public static int PairsAMotion => _starts.Length;

    /// <summary>N.</summary>
    public int Count { get; }

    /// <summary>[N, H, 6], whitened.</summary>
    public float[] Latents { get; }

    /// <summary>[N, n]. Unit: rad.</summary>
    public float[] Joints { get; }

    /// <summary>[N, H, n], joints of the sample less start joints. Unit: rad.</summary>
    public float[] Displacements { get; }

    /// <summary>[N, H, 6, n], geometric Jacobian at the joints of the sample.</summary>
    public float[] Jacobians { get; }

    // Parallel.For wraps what its bodies throw. The first fault says what is wrong; the others are the same arm's.
    private static void DrawAll(int motions, int threads, Action<int> draw)
    {
        try
        {
            Parallel.For(0, motions, new ParallelOptions { MaxDegreeOfParallelism = threads }, draw);
        }
        catch (AggregateException faults)
        {
            ExceptionDispatchInfo.Throw(faults.InnerExceptions[0]);
        }
    }

    private void Draw(int motion, SplitMix64 random)
    {
        var path = new double[(_starts[^1] + Horizon + 1) * _arm.JointCount];
        if (_demonstrations is { } demonstrations && random.Chance(demonstrations.Share))
        {
            for (var start = 0; start < _starts.Length; start++)
            {
                demonstrations.Motions.Draw(random, path.AsSpan(0, (Horizon + 1) * _arm.JointCount));
                WritePair(motion * _starts.Length + start, path);
            }
            return;
        }
        for (var tries = 0; !TryFollow(random.Chance(TaskShare) ? TaskMotion(random) : RandomMotion(random), random, path); tries++)
            if (tries == MostTries) throw new InvalidDataException($"{_arm.Name} follows none of {MostTries} motions over the table within its limits. Is it mounted so that it reaches the table (`mount`), and is `rest_rad` a posture over it?");
        for (var start = 0; start < _starts.Length; start++)
            WritePair(motion * _starts.Length + start, path.AsSpan(_starts[start] * _arm.JointCount));
    }

    // False where the arm cannot follow the motion drawn.
    private bool TryFollow(RigidTransform[] poses, SplitMix64 random, Span<double> path)
    {
        if (!EpisodeSampler.TrySolveJoints(random, _kinematics, _arm.RestRad, poses[0], out var start) || !_arm.Allows(start.AsSpan())) return false;
        var n = _arm.JointCount;
        Span<double> joints = stackalloc double[n];
        start.AsSpan().CopyTo(joints);
        joints.CopyTo(path);
        for (var step = 1; step < path.Length / n; step++)
        {
            if (!InverseKinematics.Solve(_kinematics, poses[Math.Min(step, Horizon)], _arm.RestRad, joints, Iterations, Pull) || !_arm.Allows(joints)) return false;
            joints.CopyTo(path[(step * n)..]);
        }
        return true;
    }

    // From the first joints of a path to its next H.
    private void WritePair(int index, ReadOnlySpan<double> path)
    {
        var n = _arm.JointCount;
        var from = _kinematics.ToolPose(path[..n]);
        Span<double> jacobian = stackalloc double[6 * n];
        for (var j = 0; j < n; j++) Joints[index * n + j] = (float)path[j];
        for (var h = 0; h < Horizon; h++)
        {
            var joints = path.Slice((h + 1) * n, n);
            var row = index * Horizon + h;
            var to = _kinematics.Jacobian(joints, jacobian);
            for (var j = 0; j < n; j++) Displacements[row * n + j] = (float)(joints[j] - path[j]);
            for (var k = 0; k < 6 * n; k++) Jacobians[row * 6 * n + k] = (float)jacobian[k];
            WriteLatent(row, h, from, to);
        }
    }

    private void WriteLatent(int row, int h, in RigidTransform from, in RigidTransform to)
    {
        Span<double> displacement = stackalloc double[Latent.MotionSize];
        Latent.Displacement(from, to, displacement);
        for (var l = 0; l < displacement.Length; l++) Latents[row * 6 + l] = (float)(displacement[l] / _rms[h][l]);
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
            poses[h + 1] = RotationVector.Displace(start, motion * share, turn * share);
        }
        return poses;
    }

    // Beside the table proper there is nothing to be done but over the bins.
    private static Vector3d RandomPoint(SplitMix64 random)
    {
        while (true)
        {
            var point = new Vector3d(random.Between(TableLayout.NearestX - 0.06, TableLayout.FarthestX + 0.04), random.Between(-0.37, 0.37), random.Between(0.005, 0.34));
            var isBeside = Math.Abs(point.Y) > TableLayout.LargestY + 0.07;
            if (!isBeside || Math.Abs(point.X - TableLayout.BinCentre(Side.Left).X) < TableLayout.BinHalfWidth + 0.02) return point;
        }
    }
}

/// <summary>Demonstrated motions, and what part of all motions they are.</summary>
/// <param name="Motions">Where they come from.</param>
/// <param name="Share">Range: above 0, up to 1.</param>
internal sealed record DemonstrationShare(DemonstratedMotions Motions, double Share);
