using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace DiVLA.Control.Robot;

/// <summary>Everything that must be known about one make of arm: `profiles/*.json`, and, with a mapping, `embodiments/&lt;name&gt;/embodiment.json`.</summary>
public sealed partial record EmbodimentProfile
{
    /// <summary>Name of the folder, and what a controller asks for when it opens a session.</summary>
    public required string Name { get; init; }

    public required string Make { get; init; }

    public required string Model { get; init; }

    /// <summary>Joint names, base first. Every array below has this order and length.</summary>
    public required string[] JointNames { get; init; }

    /// <summary>Unit: rad.</summary>
    public required double[] PositionLowerRad { get; init; }

    /// <summary>Unit: rad.</summary>
    public required double[] PositionUpperRad { get; init; }

    /// <summary>Unit: rad/s.</summary>
    public required double[] VelocityLimitRadPerS { get; init; }

    /// <summary>Unit: rad/s^2.</summary>
    public required double[] AccelerationLimitRadPerS2 { get; init; }

    /// <summary>Unit: rad/s^3.</summary>
    public required double[] JerkLimitRadPerS3 { get; init; }

    /// <summary>Commands a second.</summary>
    public required double ControlRateHz { get; init; }

    /// <summary>What the arm does when there is no good command.</summary>
    public required HoldBehaviour Hold { get; init; }

    /// <summary>Joint positions that null-space motion is drawn to. Unit: rad.</summary>
    public required double[] RestRad { get; init; }

    /// <summary>Pose of the base in the table frame: 12 numbers, row-major 3 x 4. Unit: m.</summary>
    public required double[] Mount { get; init; }

    /// <summary>Fixed transforms mount -> joint 1 ... joint n -> tool: n + 1 rows of 12 numbers. Unit: m. May be none with <see cref="Affine"/>, which needs no kinematics.</summary>
    public required double[][] Links { get; init; }

    public required GripperProfile Gripper { get; init; }

    /// <summary>How latents become joints; null where only the arm is described, as in `profiles/*.json`.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EmbodimentMapping? Mapping { get; init; }

    /// <summary>How the joints of a published policy become this arm's, in place of <see cref="Mapping"/>; null otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AffineMapping? Affine { get; init; }

    /// <summary>Must equal `state.id` of policy.json.</summary>
    public required string StateId { get; init; }

    /// <summary>Must equal `latent.id` of policy.json.</summary>
    public required string LatentId { get; init; }

    /// <summary>Where the numbers come from, for people.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Source { get; init; }

    /// <summary>What makes a folder whole in itself; null where only the arm is described.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EmbodimentSeal? Seal { get; init; }
    /// <summary>Which way latents become joints.</summary>
    [JsonIgnore]
    public EmbodimentMappingKind Kind => Affine is null ? EmbodimentMappingKind.Mlp : EmbodimentMappingKind.Affine;

    /// <summary>Number of joints.</summary>
    [JsonIgnore]
    public int JointCount => JointNames.Length;

    /// <summary>Kinematics in the table frame.</summary>
    public ArmKinematics CreateKinematics() =>
        new(RigidTransform.FromRows(Mount), [.. Links.Select(link => RigidTransform.FromRows(link))]);

    /// <summary>True where every joint is within its position limits.</summary>
    public bool Allows(ReadOnlySpan<double> joints)
    {
        for (var joint = 0; joint < joints.Length; joint++)
            if (!(joints[joint] >= PositionLowerRad[joint] && joints[joint] <= PositionUpperRad[joint])) return false;
        return true;
    }

    /// <summary>Reads a profile and holds it to itself.</summary>
    /// <exception cref="InvalidDataException">The file is no profile, or contradicts itself; names it, and every field that is wrong.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static EmbodimentProfile Read(string path) => Parse(path, File.ReadAllBytes(path));

    /// <summary>As <see cref="Read"/>, from bytes.</summary>
    /// <param name="source">Names them in errors.</param>
    /// <param name="json">The document.</param>
    /// <inheritdoc cref="Read"/>
    public static EmbodimentProfile Parse(string source, ReadOnlySpan<byte> json)
    {
        try
        {
            var profile = JsonSerializer.Deserialize<EmbodimentProfile>(json, JsonOptions) ?? throw new JsonException("The file holds nothing but null.");
            var faults = ProfileRules.Faults(profile);
            return faults.Count == 0 ? profile : throw new InvalidDataException($"{source}: {string.Join("; ", faults)}");
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"{source}: {fault.Message}", fault);
        }
    }

    /// <summary>The name, as people type it.</summary>
    public override string ToString() => Name;

    /// <summary>The profile as a file holds it: indented, with lists of numbers on one line.</summary>
    public string ToJson() => NumberList().Replace(JsonSerializer.Serialize(this, JsonOptions), list => $"[{Gap().Replace(list.Groups[1].Value, " ")}]") + "\n";

    /// <summary>How profiles are read and written: snake_case, indented, unknown and missing members refused.</summary>
    public static JsonSerializerOptions JsonOptions { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    // A text holds no line break, so that nothing within one looks like this.
    [GeneratedRegex(@"\[\s*\n\s*([^\[\]{}""]+?)\s*\n\s*\]")]
    private static partial Regex NumberList();

    [GeneratedRegex(@"\s*\n\s*")]
    private static partial Regex Gap();
}

/// <summary>What 'hold' means for an arm.</summary>
public enum HoldBehaviour
{
    /// <summary>Slow down within the limits, then keep commanding the position reached.</summary>
    DecelerateAndKeepPosition,
}

/// <summary>A parallel gripper.</summary>
/// <param name="OpenWidthM">Distance between the open fingers. Unit: m.</param>
/// <param name="ClosedWidthM">Distance between the closed fingers. Unit: m.</param>
/// <param name="SpeedMPerS">Speed of the distance between the fingers. Unit: m/s.</param>
/// <param name="HoldingRule">When the holding flag is set, in words, so that it means the same on every gripper.</param>
public sealed record GripperProfile(double OpenWidthM, double ClosedWidthM, double SpeedMPerS, string HoldingRule);
