using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Simulator.Tasks;

/// <summary>Which half of all seeds an episode is drawn from. The halves have no seed in common.</summary>
public enum SeedSplit
{
    Training,
    Evaluation,
}

/// <summary>Draws episodes. Deterministic by split, seed and family.</summary>
public static class EpisodeSampler
{
    private const ulong EvaluationBit = 1UL << 63;
    private const int PostureAttempts = 5;

    /// <summary>Draws one episode of all that the simulator can ask.</summary>
    public static Episode Sample(SeedSplit split, ulong seed, TaskFamily family) => Sample(split, seed, family, TaskScope.Full);

    /// <summary>Draws one episode.</summary>
    public static Episode Sample(SeedSplit split, ulong seed, TaskFamily family, TaskScope scope)
    {
        var streamSeed = split == SeedSplit.Evaluation ? seed | EvaluationBit : seed & ~EvaluationBit;
        var random = new SplitMix64(new SplitMix64(streamSeed).NextBits() + (ulong)family);
        var (scene, goal, instruction) = InstructionSampler.Sample(random, split, family, scope);
        return new Episode(family, seed, instruction, goal, scene, SampleStartPose(random), random.State);
    }

    /// <summary>A start somewhere over the table, the tool tilted a little.</summary>
    public static RigidTransform SampleStartPose(SplitMix64 random) =>
        SampleTilt(random, 0.06).WithOrigin(new Vector3d(random.Between(0.38, 0.58), random.Between(-0.2, 0.2), random.Between(0.17, 0.32)));

    /// <summary>The tool pointing down, turned by a small random angle about each axis. Unit: rad.</summary>
    public static RigidTransform SampleTilt(SplitMix64 random, double deviation) =>
        RotationVector.ToTransform(new Vector3d(random.NextGaussian(), random.NextGaussian(), random.NextGaussian()) * deviation) * TableLayout.ToolDown;

    /// <summary>Joints that put the tool at a pose, with a random posture in the null space. Position limits are not looked at.</summary>
    /// <param name="random">Decides about the posture.</param>
    /// <param name="kinematics">The arm.</param>
    /// <param name="rest">Posture that it is drawn around. Unit: rad.</param>
    /// <param name="pose">Of the tool, in the table frame.</param>
    /// <exception cref="InvalidOperationException">The pose is out of reach.</exception>
    public static JointPositions SolveJoints(SplitMix64 random, ArmKinematics kinematics, ReadOnlySpan<double> rest, in RigidTransform pose) =>
        TrySolveJoints(random, kinematics, rest, pose, out var joints) ? joints : throw new InvalidOperationException($"No joints reach the tool pose {pose}.");

    /// <summary>As <see cref="SolveJoints"/>, but false where the pose is out of reach.</summary>
    public static bool TrySolveJoints(SplitMix64 random, ArmKinematics kinematics, ReadOnlySpan<double> rest, in RigidTransform pose, out JointPositions joints)
    {
        Span<double> posture = stackalloc double[kinematics.JointCount];
        Span<double> solution = stackalloc double[posture.Length];
        for (var attempt = 0; attempt < PostureAttempts; attempt++)
        {
            rest.CopyTo(posture);
            for (var j = 0; j < posture.Length; j++) posture[j] += 0.1 * random.NextGaussian();
            posture.CopyTo(solution);
            if (!InverseKinematics.Solve(kinematics, pose, posture, solution, 200)) continue;
            joints = new JointPositions(solution);
            return true;
        }
        joints = default;
        return false;
    }
}
