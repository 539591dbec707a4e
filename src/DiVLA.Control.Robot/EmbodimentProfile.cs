using System.Text.Json;
using System.Text.Json.Serialization;

namespace DiVLA.Control.Robot;

/// <summary>Everything that the service must know about one make of arm: `embodiments/&lt;name&gt;/embodiment.json`.</summary>
public sealed record EmbodimentProfile
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

    /// <summary>Which way latents become joints.</summary>
    [JsonIgnore]
    public EmbodimentMappingKind Kind => Affine is null ? EmbodimentMappingKind.Mlp : EmbodimentMappingKind.Affine;

    /// <summary>Number of joints.</summary>
    [JsonIgnore]
    public int JointCount => JointNames.Length;

    /// <summary>Kinematics in the table frame.</summary>
    public ArmKinematics CreateKinematics() =>
        new(RigidTransform.FromRows(Mount), [.. Links.Select(link => RigidTransform.FromRows(link))]);

    /// <summary>How profiles are written: snake_case, indented.</summary>
    public static JsonSerializerOptions JsonOptions { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };
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

/// <summary>How latents become joints.</summary>
public sealed record EmbodimentMapping
{
    public required EmbodimentMappingKind Kind { get; init; }

    /// <summary>Width of the MLP's hidden layers; 0 for other kinds.</summary>
    public required int Hidden { get; init; }

    /// <summary>Scale of the joint displacement at each sample, `[H]`. Unit: rad.</summary>
    public required double[] DisplacementRmsRad { get; init; }

    /// <summary>Joint positions that the MLP was trained on, `[n]` each. Unit: rad.</summary>
    public required double[] TrainedLowerRad { get; init; }

    /// <inheritdoc cref="TrainedLowerRad"/>
    public required double[] TrainedUpperRad { get; init; }

    /// <summary>Largest absolute latent value that the MLP was trained on, `[L]`.</summary>
    public required double[] TrainedLatentMax { get; init; }

    /// <summary>Tool error on random motions at the first sample. Unit: mm.</summary>
    public required ToolError FirstSampleError { get; init; }

    /// <summary>Tool error on random motions at the last sample. Unit: mm.</summary>
    public required ToolError LastSampleError { get; init; }

    /// <summary>Joint positions with the tool pose they must give: 12 numbers, row-major 3 x 4, table frame.</summary>
    public required ProbePose[] ProbePoses { get; init; }
}

/// <summary>The ways from a latent to joints.</summary>
public enum EmbodimentMappingKind
{
    /// <summary>Bilinear MLP over a task-space latent.</summary>
    Mlp,

    /// <summary>Affine map of normalised joints, as published checkpoints have it.</summary>
    Affine,
}

/// <summary>Distance between where the latent wants the tool and where the joints put it. Unit: mm.</summary>
public sealed record ToolError(double MeanMm, double P95Mm);

/// <summary>A configuration with a known tool pose, checked when a bundle is loaded.</summary>
public sealed record ProbePose(double[] JointsRad, double[] ToolPose);
