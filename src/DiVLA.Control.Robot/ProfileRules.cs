using System.Globalization;

namespace DiVLA.Control.Robot;

/// <summary>One thing that is wrong with a profile.</summary>
/// <param name="Field">As in `links[2]`.</param>
/// <param name="Found">What is there.</param>
/// <param name="Expected">What should be there.</param>
public sealed record ProfileFault(string Field, string Found, string Expected)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Field}: found {Found}, expected {Expected}";
}

/// <summary>Holds what a profile says of its arm to itself: numbers, limits, transforms, gripper. The mapping is the policy's to judge.</summary>
public sealed class ProfileRules
{
    private const double RotationTolerance = 1e-6;

    // Slower ones are a mistake, and would make the way to rest long to compute.
    private const double SlowestRampSeconds = 1;

    private readonly EmbodimentProfile _profile;
    private readonly List<ProfileFault> _faults = [];

    private ProfileRules(EmbodimentProfile profile) => _profile = profile;

    /// <summary>Everything that is wrong; empty where the arm can be driven.</summary>
    public static IReadOnlyList<ProfileFault> Faults(EmbodimentProfile profile)
    {
        var rules = new ProfileRules(profile);
        rules.Check();
        return rules._faults;
    }

    /// <summary>True where the 12 numbers are a rotation (orthonormal, right-handed) and a shift.</summary>
    public static bool IsRigid(ReadOnlySpan<double> rows)
    {
        var pose = RigidTransform.FromRows(rows);
        var (x, y, z) = (pose.AxisX, pose.AxisY, pose.AxisZ);
        return (Vector3d.Cross(x, y) - z).Length < RotationTolerance
            && Math.Abs(x.Length - 1) < RotationTolerance
            && Math.Abs(y.Length - 1) < RotationTolerance
            && Math.Abs(Vector3d.Dot(x, y)) < RotationTolerance;
    }

    private void Check()
    {
        Name();
        Require(_profile.JointCount is >= 1 and <= JointValues.Capacity, "joint_names", $"{_profile.JointCount} names", $"1 to {JointValues.Capacity} names");
        Require(_profile.JointNames.Distinct().Count() == _profile.JointCount, "joint_names", string.Join(", ", _profile.JointNames), "each name once");
        Positive("control_rate_hz", _profile.ControlRateHz);
        Limits();
        Gripper();
        Transform("mount", _profile.Mount);
        if (_profile.Affine is null || _profile.Links.Length > 0) Links();
    }

    // Joints that come as joints need no kinematics; where they are given, they are right.
    private void Links()
    {
        var count = _profile.JointCount + 1;
        Require(_profile.Links.Length == count, "links", $"{_profile.Links.Length} transforms", $"{count} transforms: one before each joint and one to the tool");
        for (var link = 0; link < _profile.Links.Length; link++) Transform($"links[{link}]", _profile.Links[link]);
    }

    // It names a folder, a controller's request, log lines.
    private void Name()
    {
        var isPlain = _profile.Name.Length is >= 1 and <= 64 && _profile.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') && _profile.Name[0] != '.';
        Require(isPlain, "name", $"'{_profile.Name}'", "1 to 64 of letters, digits, '-', '_', '.', not beginning with '.'");
    }

    private void Limits()
    {
        var lower = Numbers("position_lower_rad", _profile.PositionLowerRad);
        var upper = Numbers("position_upper_rad", _profile.PositionUpperRad);
        if (lower && upper) Ordered(_profile.PositionLowerRad, _profile.PositionUpperRad);
        Positive("velocity_limit_rad_per_s", _profile.VelocityLimitRadPerS);
        var acceleration = Positive("acceleration_limit_rad_per_s2", _profile.AccelerationLimitRadPerS2);
        var jerk = Positive("jerk_limit_rad_per_s3", _profile.JerkLimitRadPerS3);
        if (acceleration && jerk) Ramps();
        if (Numbers("rest_rad", _profile.RestRad) && lower && upper) Rest();
    }

    private void Ordered(double[] lower, double[] upper)
    {
        for (var joint = 0; joint < lower.Length; joint++)
            Require(lower[joint] < upper[joint], $"position_lower_rad[{joint}]", lower[joint], $"less than the upper limit {Text(upper[joint])}");
    }

    private void Ramps()
    {
        for (var joint = 0; joint < _profile.JointCount; joint++)
        {
            var seconds = _profile.AccelerationLimitRadPerS2[joint] / _profile.JerkLimitRadPerS3[joint];
            Require(seconds <= SlowestRampSeconds, $"jerk_limit_rad_per_s3[{joint}]", _profile.JerkLimitRadPerS3[joint], $"enough to build up the acceleration limit within {SlowestRampSeconds} s");
        }
    }

    private void Rest()
    {
        for (var joint = 0; joint < _profile.JointCount; joint++)
        {
            var (rest, least, most) = (_profile.RestRad[joint], _profile.PositionLowerRad[joint], _profile.PositionUpperRad[joint]);
            Require(rest >= least && rest <= most, $"rest_rad[{joint}]", rest, $"within the position limits {Text(least)} to {Text(most)}");
        }
    }

    private void Gripper()
    {
        var gripper = _profile.Gripper;
        Require(gripper.ClosedWidthM >= 0, "gripper.closed_width_m", gripper.ClosedWidthM, "at least 0");
        Require(
            gripper.OpenWidthM > gripper.ClosedWidthM && double.IsFinite(gripper.OpenWidthM),
            "gripper.open_width_m", gripper.OpenWidthM, $"more than the closed width {Text(gripper.ClosedWidthM)}");
        Positive("gripper.speed_m_per_s", gripper.SpeedMPerS);
    }

    private void Transform(string field, double[] rows)
    {
        if (Numbers(field, rows, 12)) Require(IsRigid(rows), field, string.Join(", ", rows.Select(Text)), "a rotation (orthonormal, right-handed) and a shift");
    }

    private bool Numbers(string field, double[] numbers, int? count = null)
    {
        var length = count ?? _profile.JointCount;
        return Require(numbers.Length == length, field, $"{numbers.Length} numbers", $"{length} numbers")
            && Require(Array.TrueForAll(numbers, double.IsFinite), field, string.Join(", ", numbers.Select(Text)), "finite numbers");
    }

    private bool Positive(string field, double[] numbers) =>
        Numbers(field, numbers) && Require(Array.TrueForAll(numbers, number => number > 0), field, string.Join(", ", numbers.Select(Text)), "numbers above 0");

    private void Positive(string field, double number) => Require(number > 0 && double.IsFinite(number), field, number, "a finite number above 0");

    private bool Require(bool condition, string field, object found, string expected)
    {
        if (!condition) _faults.Add(new ProfileFault(field, Convert.ToString(found, CultureInfo.InvariantCulture)!, expected));
        return condition;
    }

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
