using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Embodiment;

/// <summary>Where the latent wants the tool and where the decoded joints put it, at the sample furthest towards or beyond its tolerance.</summary>
/// <param name="Sample">Index of the sample, 0 first.</param>
/// <param name="Wanted">Tool pose that the latent asks for, table frame.</param>
/// <param name="Decoded">Tool pose of the decoded joints, table frame.</param>
/// <param name="DistanceM">Between the two origins. Unit: m.</param>
/// <param name="DistanceToleranceM">Allowed at this sample. Unit: m.</param>
/// <param name="AngleRad">Between the two rotations. Unit: rad.</param>
/// <param name="AngleToleranceRad">Allowed at this sample. Unit: rad.</param>
public readonly record struct KinematicsReport(
    int Sample,
    RigidTransform Wanted,
    RigidTransform Decoded,
    double DistanceM,
    double DistanceToleranceM,
    double AngleRad,
    double AngleToleranceRad)
{
    /// <summary>How much of the tolerance is used: above 1 the check fails.</summary>
    public double Use => Math.Max(DistanceM / DistanceToleranceM, AngleRad / AngleToleranceRad);

    /// <summary>In words, for a log. Allocates.</summary>
    public string Describe() =>
        $"sample {Sample}: the tool is {DistanceM * 1000:F1} mm (allowed {DistanceToleranceM * 1000:F1}) and {AngleRad:F3} rad "
        + $"(allowed {AngleToleranceRad:F3}) from where the latent wants it; wanted {Wanted}, decoded {Decoded}";
}

/// <summary>A number outside the range that the embodiment's MLP was trained on.</summary>
/// <param name="Quantity">Which kind of number.</param>
/// <param name="Index">Joint, or number of the latent.</param>
/// <param name="Sample">Sample of the latent; 0 for joints.</param>
/// <param name="Found">Unit: rad, or none for latents.</param>
/// <param name="Lower">Least value allowed, margin included.</param>
/// <param name="Upper">Greatest value allowed, margin included.</param>
public readonly record struct RangeReport(RangedQuantity Quantity, int Index, int Sample, double Found, double Lower, double Upper)
{
    /// <summary>In words, for a log. Allocates.</summary>
    public string Describe() => Quantity == RangedQuantity.CommandedJoint
        ? $"commanded joint {Index}: {Found:F3} rad, trained on {Lower:F3} to {Upper:F3}"
        : $"latent number {Index} at sample {Sample}: {Found:F3}, trained on {Lower:F3} to {Upper:F3}";
}

/// <summary>What has a training range.</summary>
public enum RangedQuantity
{
    CommandedJoint,
    Latent,
}
