using DiVLA.Control.ModelBuilder.Statistics;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Robot;

namespace DiVLA.Control.ModelBuilder.Checkpoints.Published;

/// <summary>An arm under a published policy: its profile with the affine map in it, and what the map makes of state and latent.</summary>
/// <param name="Profile">As the bundle has it.</param>
/// <param name="State">The policy's state.</param>
/// <param name="Latent">The policy's latent.</param>
/// <param name="ActionRateHz">Actions a second in the dataset.</param>
internal sealed record PublishedArm(EmbodimentProfile Profile, StateManifest State, LatentManifest Latent, double ActionRateHz)
{
    private const double MaxRateHz = 1000;

    /// <summary>Puts arm, head and statistics together; null, with what is wrong added to the faults, where they do not fit.</summary>
    /// <param name="file">The arm.</param>
    /// <param name="head">The policy's head.</param>
    /// <param name="statistics">The dataset's.</param>
    /// <param name="actionRateHz">Overrides the file's; null for none.</param>
    /// <param name="faults">Takes what is wrong.</param>
    public static PublishedArm? Create(
        ArmFile file, PolicyHeadConfig head, DatasetStatistics statistics, double? actionRateHz, ICollection<string> faults)
    {
        var found = new List<string>();
        var mapping = new AffineMapping
        {
            Actions = file.Layout?.Actions ?? InOrder(file.Profile, head.ActionSize, "actions", found),
            States = file.Layout?.States ?? InOrder(file.Profile, head.StateSize, "states", found),
            ActionMin = statistics.ActionMin,
            ActionMax = statistics.ActionMax,
            StateMean = statistics.StateMean,
            StateStd = statistics.StateStd,
            GripperClosed = file.Layout?.GripperClosed,
            GripperOpen = file.Layout?.GripperOpen,
        };
        var state = new StateManifest(mapping.StateId, head.StateSize);
        var latent = new LatentManifest(mapping.LatentIdFor(head.Horizon), head.Horizon, head.ActionSize, []);
        var profile = file.Profile with { Affine = mapping, StateId = state.Id, LatentId = latent.Id };
        var rate = actionRateHz ?? file.ActionRateHz ?? profile.ControlRateHz;
        if (!(rate > 0 && rate <= MaxRateHz)) found.Add($"action_rate_hz: is {rate}, more than 0 and at most {MaxRateHz} is needed.");
        if (!IsPlainName(profile.Name)) found.Add($"name: is '{profile.Name}', letters, digits, '-', '_' and '.' are needed: it names a folder.");
        // Rules over names that are not there would say the same again.
        if (found.Count == 0) found.AddRange(PolicyBundle.CheckProfile(file.Path, profile, state, latent).Select(fault => $"{fault.Field}: is {fault.Found}, {fault.Expected} was expected."));
        foreach (var fault in found) faults.Add($"{file.Path}: {fault}");
        return found.Count == 0 ? new PublishedArm(profile, state, latent, rate) : null;
    }

    private static string[] InOrder(EmbodimentProfile profile, int size, string field, List<string> faults)
    {
        string[] names = [.. profile.JointNames, AffineMapping.Gripper];
        if (size == names.Length || size == names.Length - 1) return names[..size];
        faults.Add($"affine.{field}: is missing: the head has {size} {field}, the arm {profile.JointCount} joints and a gripper; name what each is.");
        return [];
    }

    private static bool IsPlainName(string name) =>
        name.Length is > 0 and <= 64 && name[0] != '.' && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
