using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Bundle.Checks;

/// <summary>Reads an arm's profile and holds it to itself and to the policy.</summary>
internal sealed class ProfileCheck
{
    private const double ProbeToleranceM = 1e-4;
    private const double ProbeToleranceRad = 1e-3;

    private readonly string _file;
    private readonly EmbodimentProfile _profile;
    private readonly StateManifest _state;
    private readonly LatentManifest _latent;
    private readonly FaultList _faults;

    public ProfileCheck(string file, EmbodimentProfile profile, StateManifest state, LatentManifest latent, FaultList faults) =>
        (_file, _profile, _state, _latent, _faults) = (file, profile, state, latent, faults);

    /// <summary>The profile, or null where the file cannot be read as one of an arm that the policy can drive. Its faults are in the list.</summary>
    /// <param name="folder">The bundle.</param>
    /// <param name="path">Of the profile, in the bundle.</param>
    /// <param name="name">Of the arm: that of its folder.</param>
    /// <param name="manifest">The policy.</param>
    /// <param name="faults">Takes what is wrong.</param>
    public static EmbodimentProfile? Run(BundleFolder folder, string path, string name, PolicyManifest manifest, FaultList faults)
    {
        var profile = JsonFileReader.Read<EmbodimentProfile>(folder, path, EmbodimentProfile.JsonOptions, faults);
        if (profile is not null) new ProfileCheck(path, profile, manifest.State, manifest.Latent, faults).Run(name);
        return profile;
    }

    /// <summary>Checks everything that the profile says.</summary>
    public void Run(string name)
    {
        Require(_profile.Name == name, "name", _profile.Name, name);
        Require(_profile.StateId == _state.Id, "state_id", _profile.StateId, _state.Id);
        Require(_profile.LatentId == _latent.Id, "latent_id", _profile.LatentId, _latent.Id);
        var wrong = ProfileRules.Faults(_profile);
        foreach (var fault in wrong) _faults.Add(_file, fault.Field, fault.Found, fault.Expected);
        if (!HasOneMapping()) return;
        if (_profile.Affine is { } affine) new AffineCheck(_file, _profile, affine, _state, _latent, _faults).Run();
        else Mapping(_profile.Mapping!, hasKinematics: !wrong.Any(fault => fault.Field.StartsWith("links", StringComparison.Ordinal) || fault.Field == "mount"));
    }

    private bool HasOneMapping() =>
        Require(_profile.Mapping is not null || _profile.Affine is not null, "mapping", "nothing", "a mapping, which `divla train embodiment` makes, or `affine`")
        & Require(_profile.Mapping is null || _profile.Affine is null, "affine", "a mapping beside it", "one of the two");

    private void Mapping(EmbodimentMapping mapping, bool hasKinematics)
    {
        Require(mapping.Kind == EmbodimentMappingKind.Mlp, "mapping.kind", mapping.Kind, $"{EmbodimentMappingKind.Mlp}: the latent is in task space");
        Positive("mapping.displacement_rms_rad", mapping.DisplacementRmsRad, _latent.Horizon);
        Positive("mapping.trained_latent_max", mapping.TrainedLatentMax, _latent.Size);
        var lower = Numbers("mapping.trained_lower_rad", mapping.TrainedLowerRad);
        var upper = Numbers("mapping.trained_upper_rad", mapping.TrainedUpperRad);
        if (lower && upper) Ordered("mapping.trained_lower_rad", mapping.TrainedLowerRad, mapping.TrainedUpperRad);
        LatentScale(mapping.LatentRms);
        if (hasKinematics) ProbePoses(mapping.ProbePoses);
    }

    // The same numbers under another scale are other motions.
    private void LatentScale(double[][] rms)
    {
        var own = _latent.Rms;
        var isSame = rms.Length == own.Length && rms.Zip(own).All(rows => rows.First.AsSpan().SequenceEqual(rows.Second));
        Require(isSame, "mapping.latent_rms", "another scale", "the policy's latent.rms: train the embodiment again for this policy");
    }

    private void ProbePoses(ProbePose[] probes)
    {
        var kinematics = _profile.CreateKinematics();
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

    private bool Transform(string field, double[] rows) =>
        Numbers(field, rows, 12) && Require(ProfileRules.IsRigid(rows), field, string.Join(", ", rows), "a rotation (orthonormal, right-handed) and a shift");

    private bool Numbers(string field, double[] numbers, int? count = null)
    {
        var length = count ?? _profile.JointCount;
        return Require(numbers.Length == length, field, $"{numbers.Length} numbers", $"{length} numbers")
            && Require(Array.TrueForAll(numbers, double.IsFinite), field, string.Join(", ", numbers), "finite numbers");
    }

    private void Positive(string field, double[] numbers, int count)
    {
        if (!Numbers(field, numbers, count)) return;
        Require(Array.TrueForAll(numbers, number => number > 0), field, string.Join(", ", numbers), "numbers above 0");
    }

    private void Ordered(string field, double[] lower, double[] upper)
    {
        for (var joint = 0; joint < lower.Length; joint++)
            Require(lower[joint] < upper[joint], $"{field}[{joint}]", lower[joint], $"less than the upper limit {upper[joint]}");
    }

    private bool Require(bool condition, string field, object? found, string expected) =>
        _faults.Require(condition, _file, field, found, expected);
}
