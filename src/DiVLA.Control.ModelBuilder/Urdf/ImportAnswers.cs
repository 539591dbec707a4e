namespace DiVLA.Control.ModelBuilder.Urdf;

/// <summary>What a URDF does not say of an arm. Null where nobody has said it yet.</summary>
public sealed record ImportAnswers
{
    /// <summary>Name of the profile. Defaults to the robot's.</summary>
    public string? Name { get; init; }

    public string? Make { get; init; }

    public string? Model { get; init; }

    /// <summary>Where the arm begins. Defaults to the tree's root.</summary>
    public string? BaseLink { get; init; }

    /// <summary>Where the arm ends. Defaults to the tree's only end.</summary>
    public string? ToolLink { get; init; }

    /// <summary>Pose of the base in the table frame: x, y, z, and roll, pitch, yaw where it is turned. Unit: m, rad.</summary>
    public double[]? Mount { get; init; }

    /// <summary>From the tool link to the point between the fingertips, z along the fingers; as <see cref="Mount"/>.</summary>
    public double[]? ToolOffset { get; init; }

    /// <summary>Joint positions over the table with the tool pointing down, `[n]`. Unit: rad.</summary>
    public double[]? Start { get; init; }

    /// <summary>Position limits by joint, for joints that turn without end and in place of the file's. Unit: rad.</summary>
    public IReadOnlyDictionary<string, JointRange> Ranges { get; init; } = new Dictionary<string, JointRange>();

    /// <summary>Speed limits in place of the file's, `[n]` or one for all. Unit: rad/s.</summary>
    public double[]? Velocity { get; init; }

    /// <summary>Acceleration limits, `[n]` or one for all. Unit: rad/s^2.</summary>
    public double[]? Acceleration { get; init; }

    /// <summary>Jerk limits, `[n]` or one for all. Unit: rad/s^3.</summary>
    public double[]? Jerk { get; init; }

    /// <summary>Distance between the open fingers. Unit: m.</summary>
    public double? GripperOpen { get; init; }

    /// <summary>Distance between the closed fingers. Unit: m.</summary>
    public double? GripperClosed { get; init; }

    /// <summary>Speed of the distance between the fingers. Unit: m/s.</summary>
    public double? GripperSpeed { get; init; }

    /// <summary>Commands a second.</summary>
    public double ControlRateHz { get; init; } = 82;
}

/// <summary>Something that has to be said before a profile can be made.</summary>
/// <param name="Option">As the command line spells it.</param>
/// <param name="Joint">Which joint it is about; null where about all or none.</param>
/// <param name="What">In words, with the unit.</param>
public sealed record ImportQuestion(string Option, string? Joint, string What)
{
    /// <inheritdoc/>
    public override string ToString() => Joint is null ? $"{Option}: {What}" : $"{Option} {Joint}=LOWER:UPPER: {What}";
}
