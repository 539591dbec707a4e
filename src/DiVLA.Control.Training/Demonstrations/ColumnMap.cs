using System.Text.Json;
using System.Text.Json.Serialization;
using DiVLA.Control.Datasets.Format;
using DiVLA.Control.Datasets.Recording;

namespace DiVLA.Control.Training.Demonstrations;

/// <summary>What the columns of somebody's dataset mean: the file that `divla train --columns` reads. The defaults fit what `divla record` writes.</summary>
internal sealed record ColumnMap
{
    private static readonly JsonSerializerOptions _json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Column of what the arm measured.</summary>
    public string State { get; init; } = FeatureNames.State;

    /// <summary>Column of what the arm was told.</summary>
    public string Action { get; init; } = FeatureNames.Action;

    /// <summary>Names of the joints in both columns, in the order of the profile. Defaults to the profile's own names.</summary>
    public string[]? Joints { get; init; }

    /// <summary>What joint angles are given in.</summary>
    public AngleUnit JointUnit { get; init; } = AngleUnit.Rad;

    /// <summary>Name of the gripper's number in both columns; null where there is none: the gripper is always open.</summary>
    public string? Gripper { get; init; } = RobotSchema.Gripper;

    /// <summary>The gripper's number when it is open. Defaults to the profile's open width, in m.</summary>
    public double? GripperOpen { get; init; }

    /// <summary>The gripper's number when it is closed. Defaults to the profile's closed width, in m.</summary>
    public double? GripperClosed { get; init; }

    /// <summary>Column that says whether something is held. Without it: told to close, and standing still before it is closed.</summary>
    public string? Holding { get; init; }

    /// <summary>Columns of pictures by the policy's name of the camera. Defaults to `observation.images.` and that name.</summary>
    public Dictionary<string, string> Cameras { get; init; } = [];

    /// <summary>Style of the language rows that are reasoning phrases.</summary>
    public string PhraseStyle { get; init; } = LanguageRow.SubtaskStyle;

    /// <summary>Rows after which the arm is where a row's action tells it to be: 1 as `divla record` has it, 0 where a row holds what the arm is told at its own time.</summary>
    public int ActionDelayRows { get; init; } = 1;

    /// <summary>Reads a file; what it does not name keeps its default.</summary>
    /// <exception cref="InvalidDataException">The file says something else than a map.</exception>
    public static ColumnMap Read(string path)
    {
        try
        {
            var map = JsonSerializer.Deserialize<ColumnMap>(File.ReadAllText(path), _json) ?? new ColumnMap();
            return map.ActionDelayRows is >= 0 and <= 100 ? map : throw new InvalidDataException($"{path}: action_delay_rows: found {map.ActionDelayRows}, expected 0 to 100");
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"{path}: {fault.Message} See docs/demonstrations.md for the members of a column map.", fault);
        }
    }

    /// <summary>Column of a camera's pictures.</summary>
    public string CameraColumn(string camera) => Cameras.GetValueOrDefault(camera) ?? RobotSchema.ColumnOf(camera);
}

/// <summary>What angles are given in.</summary>
internal enum AngleUnit
{
    Rad,
    Deg,
}
