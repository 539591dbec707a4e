using DiVLA.Control.Policy;
using DiVLA.Control.Policy.Embodiment;
using DiVLA.Control.Robot;
using DiVLA.Control.Training.Data;

namespace DiVLA.Control.Training.Embodiments;

/// <summary>Measures a finished embodiment as it will be run: its graph, on motions that it was not trained on, and on a drive over the table.</summary>
internal static class EmbodimentExam
{
    private const int TestMotions = 2000;
    private const double DriveSeconds = 60;

    // Errors are to be measured, not refused.
    private static readonly EmbodimentCheckOptions _lenient = new() { JointMarginRad = 10, LatentMargin = 1000 };

    /// <summary>Measures an arm's folder.</summary>
    /// <param name="directory">Holds profile, graph and weights.</param>
    /// <param name="seed">Of the motions; another one than the training's.</param>
    /// <param name="threads">Threads to draw motions with.</param>
    public static ExamResult Take(string directory, ulong seed, int threads)
    {
        using var measured = EmbodimentTrial.Load(directory, SampleGenerator.SamplePeriodTicks, _lenient);
        using var driven = EmbodimentTrial.Load(directory, SampleGenerator.SamplePeriodTicks, new EmbodimentCheckOptions());
        var pairs = new KinematicPairs(measured.Profile, measured.Profile.Mapping!.LatentRms, TestMotions, seed, threads);
        var (first, last) = ToolErrors(measured, pairs);
        return new ExamResult(first, last, WaypointRun.Drive(driven, DriveSeconds, seed));
    }

    // Of each motion the pair from its start: the others end at rest, which is easier.
    private static (ToolError First, ToolError Last) ToolErrors(EmbodimentTrial trial, KinematicPairs pairs)
    {
        var (first, last) = (new double[TestMotions], new double[TestMotions]);
        var kinematics = trial.Profile.CreateKinematics();
        for (var motion = 0; motion < TestMotions; motion++)
        {
            var pair = motion * KinematicPairs.PairsAMotion;
            SetLatent(trial, pairs, pair);
            var plan = trial.Decode(new JointPositions(Joints(pairs, pair, trial.Profile.JointCount)));
            first[motion] = Error(0);
            last[motion] = Error(SampleGenerator.Horizon - 1);

            double Error(int sample) => 1000 * (kinematics.ToolPose(plan[sample].Joints.AsSpan()).Origin - Wanted(pairs, pair, sample, kinematics).Origin).Length;
        }
        return (Summary(first), Summary(last));
    }

    private static void SetLatent(EmbodimentTrial trial, KinematicPairs pairs, int pair)
    {
        for (var h = 0; h < SampleGenerator.Horizon; h++)
        {
            pairs.Latents.AsSpan((pair * SampleGenerator.Horizon + h) * 6, 6).CopyTo(trial.Latent[(h * Latent.Size)..]);
            trial.Latent[h * Latent.Size + Latent.MotionSize] = 1;
        }
    }

    private static double[] Joints(KinematicPairs pairs, int pair, int joints) => [.. pairs.Joints.AsSpan(pair * joints, joints).ToArray().Select(joint => (double)joint)];

    private static RigidTransform Wanted(KinematicPairs pairs, int pair, int sample, ArmKinematics kinematics)
    {
        var joints = Joints(pairs, pair, kinematics.JointCount);
        for (var joint = 0; joint < joints.Length; joint++) joints[joint] += pairs.Displacements[(pair * SampleGenerator.Horizon + sample) * joints.Length + joint];
        return kinematics.ToolPose(joints);
    }

    private static ToolError Summary(double[] errors)
    {
        Array.Sort(errors);
        return new ToolError(errors.Average(), errors[(int)(0.95 * errors.Length)]);
    }
}

/// <summary>What an embodiment's exam came to.</summary>
/// <param name="First">Tool error at the first sample.</param>
/// <param name="Last">Tool error at the last sample.</param>
/// <param name="Drive">The drive over the table.</param>
internal sealed record ExamResult(ToolError First, ToolError Last, WaypointReport Drive)
{
    /// <summary>Every reason not to write the embodiment; none where it may drive an arm.</summary>
    public IEnumerable<string> Misses(ExamBounds bounds)
    {
        if (!(First.MeanMm <= bounds.FirstMm)) yield return FormattableString.Invariant($"the tool misses by {First.MeanMm:F3} mm at the first sample, accepted are {bounds.FirstMm}");
        if (!(Last.MeanMm <= bounds.LastMm)) yield return FormattableString.Invariant($"the tool misses by {Last.MeanMm:F2} mm at the last sample, accepted are {bounds.LastMm}");
        if (Drive.Fault is { } fault) yield return $"on the way over the table {fault}";
    }
}

/// <summary>What an embodiment is held to.</summary>
/// <param name="FirstMm">Largest mean tool error at the first sample. Unit: mm.</param>
/// <param name="LastMm">Largest mean tool error at the last sample. Unit: mm.</param>
internal sealed record ExamBounds(double FirstMm, double LastMm);
