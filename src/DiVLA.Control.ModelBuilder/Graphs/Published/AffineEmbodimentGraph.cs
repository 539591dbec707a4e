using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Robot;

namespace DiVLA.Control.ModelBuilder.Graphs.Published;

/// <summary>`embodiments/&lt;name&gt;/embodiment.onnx` of a published policy: normalised actions to absolute joints and gripper width.</summary>
/// <remarks>
/// <code>
///  latent [1, H, A] ─► columns in the arm's order [1, H, n + 1] ─► * scale + offset ─► gripper within its widths ─► trajectory
///  joints [1, n]: not needed, the actions are absolute
/// </code>
/// The dataset's range and the gripper's unit are one scale and one offset a column.
/// </remarks>
internal static class AffineEmbodimentGraph
{
    /// <summary>Adds the whole stage to an empty graph.</summary>
    public static void Build(GraphBuilder graph, EmbodimentProfile profile, LatentManifest latent)
    {
        var columns = Columns(profile);
        var actions = graph.Input("latent", TensorDtype.F32, 1, latent.Horizon, latent.Size);
        graph.Input("joints", TensorDtype.F32, 1, profile.JointCount);

        var order = graph.Constant("/columns/order", [.. columns.Select(column => (long)column.Index)], columns.Length);
        var ordered = graph.Node("/columns", "Gather", [actions, order], Attributes.Attribute("axis", 2));
        var scaled = graph.Mul("/scale", ordered, Row(graph, "/scale", columns, column => column.Scale));
        var absolute = graph.Add("/offset", scaled, Row(graph, "/offset", columns, column => column.Offset));
        var above = graph.Node("/least", "Max", [absolute, Row(graph, "/least", columns, column => column.Least)]);
        var within = graph.Node("/most", "Min", [above, Row(graph, "/most", columns, column => column.Most)]);
        graph.Output(within, "trajectory", TensorDtype.F32, 1, latent.Horizon, columns.Length);
    }

    private static Value Row(GraphBuilder graph, string path, Column[] columns, Func<Column, double> of) =>
        graph.Constant($"{path}/row", [.. columns.Select(column => (float)of(column))], columns.Length);

    private static Column[] Columns(EmbodimentProfile profile) =>
        [.. profile.JointNames.Select(joint => Dataset(profile.Affine!, joint)), GripperColumn(profile)];

    // The limiter knows the joints' limits; the dataset's range is within reach of a latent in any case.
    private static Column Dataset(AffineMapping mapping, string name)
    {
        var index = Array.IndexOf(mapping.Actions, name);
        var (least, most) = (mapping.ActionMin[index], mapping.ActionMax[index]);
        return new Column(index, (most - least) / 2, (most + least) / 2, float.MinValue, float.MaxValue);
    }

    // Demonstrations without a gripper leave it open.
    private static Column GripperColumn(EmbodimentProfile profile)
    {
        var (mapping, gripper) = (profile.Affine!, profile.Gripper);
        if (!mapping.Actions.Contains(AffineMapping.Gripper)) return new Column(0, 0, gripper.OpenWidthM, gripper.ClosedWidthM, gripper.OpenWidthM);
        var column = Dataset(mapping, AffineMapping.Gripper);
        var (scale, offset) = mapping.WidthToDataset(gripper);
        return column with
        {
            Scale = column.Scale / scale, Offset = (column.Offset - offset) / scale, Least = gripper.ClosedWidthM, Most = gripper.OpenWidthM,
        };
    }

    /// <summary>One number of the trajectory: which of the action's it is, and how it is scaled and held.</summary>
    private readonly record struct Column(int Index, double Scale, double Offset, double Least, double Most);
}
