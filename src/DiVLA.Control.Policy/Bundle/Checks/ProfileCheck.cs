using System.Text.Json;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Bundle.Checks;

/// <summary>Reads an arm's profile and holds it to itself and to the policy.</summary>
internal sealed class ProfileCheck
{
    private const double ProbeToleranceM = 1e-4;
    private const double ProbeToleranceRad = 1e-3;
    private const double RotationTolerance = 1e-6;

    private static readonly JsonSerializerOptions JsonOptions = new(EmbodimentProfile.JsonOptions)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    private readonly string _file;
    private readonly EmbodimentProfile _profile;
    private readonly StateManifest _state;
    private readonly LatentManifest _latent;
    private readonly FaultList _faults;

    public ProfileCheck(string file, EmbodimentProfile profile, StateManifest state, LatentManifest latent, FaultList faults) =>
        (_file, _profile, _state, _latent, _faults) = (file, profile, state, latent, faults);

    /// <summary>The profile, or null where the file cannot be read as one. Its faults are in the list.</summary>
    public static EmbodimentProfile? Run(BundleFolder folder, EmbodimentManifest embodiment, PolicyManifest manifest, FaultList faults)
    {
        var profile = JsonFileReader.Read<EmbodimentProfile>(folder, embodiment.Profile, JsonOptions, faults);
        if (profile is not null) new ProfileCheck(embodiment.Profile, profile, manifest.State, manifest.Latent, faults).Run(embodiment.Name);
        return profile;
    }

    /// <summary>Checks everything that the profile says.</summary>
    public void Run(string name)
    {
        Require(_profile.Name == name, "name", _profile.Name, name);
        Require(_profile.StateId == _state.Id, "state_id", _profile.StateId, _state.Id);
        Require(_profile.LatentId == _latent.Id, "latent_id", _profile.LatentId, _latent.Id);
        Positive("control_rate_hz", _profile.ControlRateHz);
        var joints = _profile.JointCount;
        Require(joints is >= 1 and <= JointValues.Capacity, "joint_names", $"{joints} names", $"1 to {JointValues.Capacity} names");
        Limits();
        Gripper();
        if (!HasOneMapping()) return;
        if (_profile.Affine is { } affine) new AffineCheck(_file, _profile, affine, _state, _latent, _faults).Run();
        else Mapping(_profile.Mapping!);
        if (Transforms() && _profile.Mapping is { } mapping) ProbePoses(mapping);
    }

    private bool HasOneMapping() =>
        Require(_profile.Mapping is not null || _profile.Affine is not null, "mapping", "nothing", "a mapping, or `affine`")
        & Require(_profile.Mapping is null || _profile.Affine is null, "affine", "a mapping beside it", "one of the two");

    private void Limits()
    {
        var lower = Numbers("position_lower_rad", _profile.PositionLowerRad);
        var upper = Numbers("position_upper_rad", _profile.PositionUpperRad);
        if (lower && upper) Ordered("position_lower_rad", _profile.PositionLowerRad, _profile.PositionUpperRad);
        Positive("velocity_limit_rad_per_s", _profile.VelocityLimitRadPerS);
        Positive("acceleration_limit_rad_per_s2", _profile.AccelerationLimitRadPerS2);
        Positive("jerk_limit_rad_per_s3", _profile.JerkLimitRadPerS3);
        if (!Numbers("rest_rad", _profile.RestRad) || !lower || !upper) return;
        for (var joint = 0; joint < _profile.JointCount; joint++)
        {
            var (rest, least, most) = (_profile.RestRad[joint], _profile.PositionLowerRad[joint], _profile.PositionUpperRad[joint]);
            Require(rest >= least && rest <= most, $"rest_rad[{joint}]", rest, $"within the position limits {least} to {most}");
        }
    }

    private void Gripper()
    {
        var gripper = _profile.Gripper;
        Require(gripper.ClosedWidthM >= 0, "gripper.closed_width_m", gripper.ClosedWidthM, "at least 0");
        Require(
            gripper.OpenWidthM > gripper.ClosedWidthM && double.IsFinite(gripper.OpenWidthM),
            "gripper.open_width_m", gripper.OpenWidthM, $"more than the closed width {gripper.ClosedWidthM}");
        Positive("gripper.speed_m_per_s", gripper.SpeedMPerS);
    }

    private void Mapping(EmbodimentMapping mapping)
    {
        Require(mapping.Kind == EmbodimentMappingKind.Mlp, "mapping.kind", mapping.Kind, $"{EmbodimentMappingKind.Mlp}: the latent is in task space");
        Positive("mapping.displacement_rms_rad", mapping.DisplacementRmsRad, _latent.Horizon);
        Positive("mapping.trained_latent_max", mapping.TrainedLatentMax, _latent.Size);
        var lower = Numbers("mapping.trained_lower_rad", mapping.TrainedLowerRad);
        var upper = Numbers("mapping.trained_upper_rad", mapping.TrainedUpperRad);
        if (lower && upper) Ordered("mapping.trained_lower_rad", mapping.TrainedLowerRad, mapping.TrainedUpperRad);
    }

    private bool Transforms()
    {
        // Joints that come as joints need no kinematics; where they are given, they are right.
        if (_profile.Kind == EmbodimentMappingKind.Affine && _profile.Links.Length == 0) return true;
        var areRight = Transform("mount", _profile.Mount);
        var count = _profile.JointCount + 1;
        areRight &= Require(_profile.Links.Length == count, "links", $"{_profile.Links.Length} transforms", $"{count} transforms");
        for (var link = 0; link < _profile.Links.Length; link++)
            areRight &= Transform($"links[{link}]", _profile.Links[link]);
        return areRight;
    }

    private bool Transform(string field, double[] rows)
    {
        if (!Numbers(field, rows, 12)) return false;
        var pose = RigidTransform.FromRows(rows);
        var (x, y, z) = (pose.AxisX, pose.AxisY, pose.AxisZ);
        var isRotation = (Vector3d.Cross(x, y) - z).Length < RotationTolerance
            && Math.Abs(x.Length - 1) < RotationTolerance
            && Math.Abs(y.Length - 1) < RotationTolerance
            && Math.Abs(Vector3d.Dot(x, y)) < RotationTolerance;
        return Require(isRotation, field, string.Join(", ", rows), "a rotation (orthonormal, right-handed) and a shift");
    }

    private void ProbePoses(EmbodimentMapping mapping)
    {
        var (probes, kinematics) = (mapping.ProbePoses, _profile.CreateKinematics());
        Require(probes.Length > 0, "mapping.probe_poses", "none", "at least one");
        for (var index = 0; index < probes.Length; index++)
        {
            var field = $"mapping.probe_poses[{index}]";
            if (!Numbers($"{field}.joints_rad", probes[index].JointsRad) | !Transform($"{field}.tool_pose", probes[index].ToolPose)) continue;
            var (found, expected) = (kinematics.ToolPose(probes[index].JointsRad), RigidTransform.FromRows(probes[index].ToolPose));
            var isThere = (found.Origin - expected.Origin).Length < ProbeToleranceM;
            var isTurnedSo = RotationVector.Between(expected, found).Length < ProbeToleranceRad;
            Require(isThere && isTurnedSo, $"{field}.tool_pose", $"{found} by forward kinematics", $"{expected}");
        }
    }

    private bool Numbers(string field, double[] numbers, int? count = null)
    {
        var length = count ?? _profile.JointCount;
        return Require(numbers.Length == length, field, $"{numbers.Length} numbers", $"{length} numbers")
            && Require(Array.TrueForAll(numbers, double.IsFinite), field, string.Join(", ", numbers), "finite numbers");
    }

    private void Positive(string field, double[] numbers, int? count = null)
    {
        if (!Numbers(field, numbers, count)) return;
        Require(Array.TrueForAll(numbers, number => number > 0), field, string.Join(", ", numbers), "numbers above 0");
    }

    private void Positive(string field, double number) =>
        Require(number > 0 && double.IsFinite(number), field, number, "a finite number above 0");

    private void Ordered(string field, double[] lower, double[] upper)
    {
        for (var joint = 0; joint < lower.Length; joint++)
            Require(lower[joint] < upper[joint], $"{field}[{joint}]", lower[joint], $"less than the upper limit {upper[joint]}");
    }

    private bool Require(bool condition, string field, object? found, string expected) =>
        _faults.Require(condition, _file, field, found, expected);
}
