using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Embodiment;

/// <summary>Holds the decoded joints to the latent: their tool must be where the latent wants it.</summary>
/// <remarks>Catches a wrong arm's map, and one far outside its range.</remarks>
internal sealed class ForwardKinematicsCheck
{
    private readonly ArmKinematics _kinematics;
    private readonly TaskDisplacementLatent _latent;
    private readonly EmbodimentCheckOptions _options;

    public ForwardKinematicsCheck(ArmKinematics kinematics, TaskDisplacementLatent latent, EmbodimentCheckOptions options) =>
        (_kinematics, _latent, _options) = (kinematics, latent, options);

    /// <summary>Reports the sample that uses most of its tolerance; the check fails where that is above 1. Does not allocate.</summary>
    public KinematicsReport Run(in JointPositions commanded, ReadOnlySpan<float> latent, ReadOnlySpan<RobotCommand> samples)
    {
        var start = _kinematics.ToolPose(commanded.AsSpan());
        var worst = Measure(start, latent, samples, 0);
        for (var sample = 1; sample < samples.Length; sample++)
        {
            var report = Measure(start, latent, samples, sample);
            if (!(report.Use <= worst.Use)) worst = report;
        }
        return worst;
    }

    private KinematicsReport Measure(in RigidTransform start, ReadOnlySpan<float> latent, ReadOnlySpan<RobotCommand> samples, int sample)
    {
        var wanted = _latent.ToolPose(start, latent, sample);
        var decoded = _kinematics.ToolPose(samples[sample].Joints.AsSpan());
        var share = samples.Length > 1 ? sample / (samples.Length - 1.0) : 0;
        return new KinematicsReport(
            sample,
            wanted,
            decoded,
            (decoded.Origin - wanted.Origin).Length,
            Between(_options.FirstSampleDistanceM, _options.LastSampleDistanceM, share),
            RotationVector.Between(wanted, decoded).Length,
            Between(_options.FirstSampleAngleRad, _options.LastSampleAngleRad, share));
    }

    private static double Between(double first, double last, double share) => first + (last - first) * share;
}
