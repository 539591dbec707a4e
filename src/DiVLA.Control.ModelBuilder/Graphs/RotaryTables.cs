using DiVLA.Control.ModelBuilder.Onnx;

namespace DiVLA.Control.ModelBuilder.Graphs;

/// <summary>Cosines and sines of the rotary angles, `[rows, head_dim / 2]` each, row by row of what they rotate.</summary>
internal readonly record struct RotaryTables(Value Cos, Value Sin)
{
    /// <summary>Adds the tables of angles `[rows][head_dim / 2]`.</summary>
    public static RotaryTables AddTo(GraphBuilder graph, string path, double[][] angles)
    {
        var (rows, half) = (angles.Length, angles[0].Length);
        return new RotaryTables(
            graph.Constant($"{path}/cos", [.. angles.SelectMany(row => row).Select(angle => (float)Math.Cos(angle))], rows, half),
            graph.Constant($"{path}/sin", [.. angles.SelectMany(row => row).Select(angle => (float)Math.Sin(angle))], rows, half));
    }
}

/// <summary>Rotation of heads that no fused attention turns.</summary>
internal static class Rotation
{
    /// <summary>Turns every head of rows `[1, T, heads * head_dim]`; the first row takes the tables' row of that position.</summary>
    public static Value Rotate(this GraphBuilder graph, string path, Value rows, Value firstPosition, RotaryTables tables) =>
        graph.ContribNode(path, "RotaryEmbedding", [rows, firstPosition, tables.Cos, tables.Sin], ["output"])[0];
}
