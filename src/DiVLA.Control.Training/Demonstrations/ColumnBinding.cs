using DiVLA.Control.Datasets.Format;
using DiVLA.Control.Datasets.Reading;
using DiVLA.Control.Datasets.Recording;
using DiVLA.Control.ModelBuilder;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Training.Demonstrations;

/// <summary>Finds a map's columns and numbers in one dataset.</summary>
/// <param name="StateJoints">Places of the joints in the state, `[n]`.</param>
/// <param name="ActionJoints">Places of the joints in the action, `[n]`.</param>
/// <param name="StateGripper">Place of the gripper in the state; -1 for none.</param>
/// <param name="ActionGripper">Place of the gripper in the action; -1 for none.</param>
/// <param name="Holding">Column that says whether something is held; null for none.</param>
/// <param name="Cameras">Columns of pictures, in the policy's order.</param>
internal sealed record ColumnBinding(int[] StateJoints, int[] ActionJoints, int StateGripper, int ActionGripper, string? Holding, string[] Cameras)
{
    private const string Info = "meta/info.json";

    /// <summary>Binds; what is missing goes into the faults, with what is there instead.</summary>
    public static ColumnBinding Bind(LeRobotDataset dataset, ColumnMap map, EmbodimentProfile arm, IEnumerable<CameraConfig> cameras, List<DatasetFault> faults)
    {
        var joints = map.Joints ?? arm.JointNames;
        if (joints.Length != arm.JointCount) faults.Add(new DatasetFault(Info, null, map.State, $"the column map names {joints.Length} joints, expected {arm.JointCount} for {arm.Name}"));
        return new ColumnBinding(
            Places(dataset, map.State, joints, faults),
            Places(dataset, map.Action, joints, faults),
            map.Gripper is null ? -1 : Places(dataset, map.State, [map.Gripper], faults)[0],
            map.Gripper is null ? -1 : Places(dataset, map.Action, [map.Gripper], faults)[0],
            HoldingColumn(dataset, map, faults),
            [.. cameras.Select(camera => Camera(dataset, camera.Name, map.CameraColumn(camera.Name), faults))]);
    }

    private static int[] Places(LeRobotDataset dataset, string column, string[] wanted, List<DatasetFault> faults)
    {
        var missing = Enumerable.Repeat(-1, wanted.Length).ToArray();
        if (!dataset.Info.Features.TryGetValue(column, out var feature) || !feature.IsReal)
        {
            Add(faults, column, $"no such column of real numbers; found {Names(dataset, other => other.IsReal)}. Name it in the column map.");
            return missing;
        }
        var names = feature.DimensionNames();
        var places = wanted.Select(name => Array.IndexOf(names, name)).ToArray();
        var unknown = wanted.Where((_, i) => places[i] < 0).ToArray();
        if (unknown.Length == 0) return places;
        Add(faults, column, $"has no {string.Join(", ", unknown)}; found {(names.Length == 0 ? "no names" : string.Join(", ", names))}. Name joints and gripper in the column map, or the numbers in info.json.");
        return missing;
    }

    private static string? HoldingColumn(LeRobotDataset dataset, ColumnMap map, List<DatasetFault> faults)
    {
        var column = map.Holding ?? RobotSchema.Holding;
        if (dataset.Info.Features.TryGetValue(column, out var feature) && feature is { Width: 1 } && (feature.IsBoolean || feature.IsInteger)) return column;
        if (map.Holding is not null) Add(faults, column, $"no such column of yes and no; found {Names(dataset, other => other.IsBoolean || other.IsInteger)}. Correct `holding` in the column map, or leave it out.");
        return null;
    }

    private static string Camera(LeRobotDataset dataset, string camera, string column, List<DatasetFault> faults)
    {
        if (!dataset.Info.Features.TryGetValue(column, out var feature) || !IsColourCamera(feature))
            Add(faults, column, $"no such camera, and the policy needs pictures of '{camera}'; found {Names(dataset, IsColourCamera)}. Name it under `cameras` in the column map.");
        return column;
    }

    private static bool IsColourCamera(Feature feature) => feature.IsCamera && feature.Picture.Channels == 3;

    private static void Add(List<DatasetFault> faults, string column, string problem) => faults.Add(new DatasetFault(Info, null, column, problem));

    private static string Names(LeRobotDataset dataset, Func<Feature, bool> isOfKind) =>
        string.Join(", ", dataset.Info.Features.Where(feature => isOfKind(feature.Value)).Select(feature => feature.Key)) is { Length: > 0 } names ? names : "none";
}
