using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace DiVLA.Control.Robot;

/// <summary>What a robot and the service must agree on before the first command. Both sides hash the same canonical form of it.</summary>
/// <remarks>
/// Wrong joint order, another unit or another normalisation moves an arm violently and looks like a bad policy; a hash makes it a refusal
/// instead. Everything that changes what a number means is in here, and nothing else: pictures may be packed in any encoding.
/// </remarks>
public sealed record EmbodimentContract
{
    /// <inheritdoc cref="EmbodimentProfile.Name"/>
    public required string Embodiment { get; init; }

    /// <inheritdoc cref="EmbodimentProfile.JointNames"/>
    public required IReadOnlyList<string> JointNames { get; init; }

    /// <summary>Unit: rad.</summary>
    public required IReadOnlyList<double> PositionLowerRad { get; init; }

    /// <summary>Unit: rad.</summary>
    public required IReadOnlyList<double> PositionUpperRad { get; init; }

    /// <summary>Unit: rad/s.</summary>
    public required IReadOnlyList<double> VelocityLimitRadPerS { get; init; }

    /// <summary>Unit: rad/s^2.</summary>
    public required IReadOnlyList<double> AccelerationLimitRadPerS2 { get; init; }

    /// <summary>Unit: rad/s^3.</summary>
    public required IReadOnlyList<double> JerkLimitRadPerS3 { get; init; }

    /// <summary>Distance between the open fingers. Unit: m.</summary>
    public required double GripperOpenWidthM { get; init; }

    /// <summary>Distance between the closed fingers. Unit: m.</summary>
    public required double GripperClosedWidthM { get; init; }

    /// <summary>Commands a second.</summary>
    public required double ControlRateHz { get; init; }

    /// <summary>Cameras in the policy's order.</summary>
    public required IReadOnlyList<ContractCamera> Cameras { get; init; }

    /// <inheritdoc cref="EmbodimentProfile.StateId"/>
    public required string StateId { get; init; }

    /// <inheritdoc cref="EmbodimentProfile.LatentId"/>
    public required string LatentId { get; init; }

    /// <summary>The contract of an arm with this profile under a policy with these cameras.</summary>
    public static EmbodimentContract From(EmbodimentProfile profile, IEnumerable<ContractCamera> cameras) => new()
    {
        Embodiment = profile.Name,
        JointNames = profile.JointNames,
        PositionLowerRad = profile.PositionLowerRad,
        PositionUpperRad = profile.PositionUpperRad,
        VelocityLimitRadPerS = profile.VelocityLimitRadPerS,
        AccelerationLimitRadPerS2 = profile.AccelerationLimitRadPerS2,
        JerkLimitRadPerS3 = profile.JerkLimitRadPerS3,
        GripperOpenWidthM = profile.Gripper.OpenWidthM,
        GripperClosedWidthM = profile.Gripper.ClosedWidthM,
        ControlRateHz = profile.ControlRateHz,
        Cameras = [.. cameras],
        StateId = profile.StateId,
        LatentId = profile.LatentId,
    };

    /// <summary>SHA-256 of the canonical form, lower-case hexadecimal.</summary>
    public string Sha256() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(CanonicalForm())));

    /// <summary>One line a field, `name=value`, in a fixed order; numbers in their shortest form that reads back exactly.</summary>
    public string CanonicalForm() => string.Concat(Fields().Select(field => $"{field.Name}={field.Value}\n"));

    /// <summary>Every field in which the two contracts differ, in canonical order.</summary>
    public IReadOnlyList<ContractMismatch> DifferencesFrom(EmbodimentContract other)
    {
        var mine = Fields().ToDictionary();
        var theirs = other.Fields().ToDictionary();
        return
        [
            .. mine.Keys.Union(theirs.Keys)
                .Select(name => new ContractMismatch(name, mine.GetValueOrDefault(name, "(absent)"), theirs.GetValueOrDefault(name, "(absent)")))
                .Where(field => field.Own != field.Other),
        ];
    }

    private IEnumerable<(string Name, string Value)> Fields() =>
    [
        ("embodiment", Text(Embodiment)),
        .. Each("joint_names", JointNames, Text),
        .. Each("position_lower_rad", PositionLowerRad, Number),
        .. Each("position_upper_rad", PositionUpperRad, Number),
        .. Each("velocity_limit_rad_per_s", VelocityLimitRadPerS, Number),
        .. Each("acceleration_limit_rad_per_s2", AccelerationLimitRadPerS2, Number),
        .. Each("jerk_limit_rad_per_s3", JerkLimitRadPerS3, Number),
        ("gripper_open_width_m", Number(GripperOpenWidthM)),
        ("gripper_closed_width_m", Number(GripperClosedWidthM)),
        ("control_rate_hz", Number(ControlRateHz)),
        .. Each("cameras", Cameras, camera => string.Create(CultureInfo.InvariantCulture, $"{Text(camera.Name)} {camera.WidthPx}x{camera.HeightPx}")),
        ("state_id", Text(StateId)),
        ("latent_id", Text(LatentId)),
    ];

    private static IEnumerable<(string Name, string Value)> Each<T>(string name, IReadOnlyList<T> values, Func<T, string> print) =>
        values.Select((value, index) => (string.Create(CultureInfo.InvariantCulture, $"{name}[{index}]"), print(value)));

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    // A line break inside a name must not be able to pass for the next field.
    private static string Text(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}

/// <summary>A camera as the contract sees it.</summary>
/// <param name="Name">As the policy names it.</param>
/// <param name="WidthPx">Unit: pixels.</param>
/// <param name="HeightPx">Unit: pixels.</param>
public sealed record ContractCamera(string Name, int WidthPx, int HeightPx);

/// <summary>One field in which two contracts differ.</summary>
/// <param name="Field">E.g. `velocity_limit_rad_per_s[3]`.</param>
/// <param name="Own">Value in the contract that was asked.</param>
/// <param name="Other">Value in the contract that it was compared with.</param>
public sealed record ContractMismatch(string Field, string Own, string Other);
