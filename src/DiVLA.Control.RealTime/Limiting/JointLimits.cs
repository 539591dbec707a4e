using DiVLA.Control.Robot;

namespace DiVLA.Control.RealTime;

/// <summary>Limits of one joint, per tick.</summary>
/// <param name="Lower">Unit: rad.</param>
/// <param name="Upper">Unit: rad.</param>
/// <param name="Velocity">Unit: rad/tick.</param>
/// <param name="Acceleration">Unit: rad/tick^2.</param>
/// <param name="Jerk">Unit: rad/tick^3.</param>
internal readonly record struct JointLimits(double Lower, double Upper, double Velocity, double Acceleration, double Jerk)
{
    // Slower ones are a mistake in the profile, and would make the way to rest long to compute.
    private const double SlowestRampSeconds = 1;

    /// <summary>Takes the limits of all joints from a profile.</summary>
    /// <exception cref="ArgumentException">Some are missing, not finite or contradictory; names all of them.</exception>
    public static JointLimits[] Of(EmbodimentProfile profile, double rateHz)
    {
        var errors = Errors(profile);
        if (errors.Count > 0) throw new ArgumentException($"Embodiment '{profile.Name}': {string.Join("; ", errors)}.", nameof(profile));
        return [.. Enumerable.Range(0, profile.JointCount).Select(joint => new JointLimits(
            profile.PositionLowerRad[joint],
            profile.PositionUpperRad[joint],
            profile.VelocityLimitRadPerS[joint] / rateHz,
            profile.AccelerationLimitRadPerS2[joint] / (rateHz * rateHz),
            profile.JerkLimitRadPerS3[joint] / (rateHz * rateHz * rateHz)))];
    }

    private static List<string> Errors(EmbodimentProfile profile)
    {
        var errors = new List<string>();
        if (profile.JointCount is < 1 or > JointValues.Capacity) errors.Add($"joint_names: found {profile.JointCount}, expected 1 to {JointValues.Capacity}");
        Check("position_lower_rad", profile.PositionLowerRad, double.IsFinite);
        Check("position_upper_rad", profile.PositionUpperRad, double.IsFinite);
        Check("velocity_limit_rad_per_s", profile.VelocityLimitRadPerS, IsPositive);
        Check("acceleration_limit_rad_per_s2", profile.AccelerationLimitRadPerS2, IsPositive);
        Check("jerk_limit_rad_per_s3", profile.JerkLimitRadPerS3, IsPositive);
        if (errors.Count == 0 && profile.PositionLowerRad.Zip(profile.PositionUpperRad).Any(range => range.First >= range.Second))
            errors.Add("position_lower_rad: not below position_upper_rad");
        if (errors.Count == 0 && profile.AccelerationLimitRadPerS2.Zip(profile.JerkLimitRadPerS3).Any(pair => pair.First / pair.Second > SlowestRampSeconds))
            errors.Add($"jerk_limit_rad_per_s3: takes more than {SlowestRampSeconds} s to build up an acceleration");
        var gripper = profile.Gripper;
        if (!IsPositive(gripper.SpeedMPerS) || !double.IsFinite(gripper.OpenWidthM) || !(gripper.ClosedWidthM >= 0) || !(gripper.ClosedWidthM < gripper.OpenWidthM))
            errors.Add($"gripper: found {gripper}, expected 0 <= closed < open width and a positive speed");
        return errors;

        void Check(string name, double[] values, Func<double, bool> isGood)
        {
            if (values.Length != profile.JointCount) errors.Add($"{name}: found {values.Length} numbers, expected {profile.JointCount}");
            else if (!values.All(isGood)) errors.Add($"{name}: found [{string.Join(", ", values)}]");
        }
    }

    private static bool IsPositive(double value) => value > 0 && double.IsFinite(value);
}
