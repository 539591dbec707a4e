using DiVLA.Control.ModelBuilder.Graphs;
using DiVLA.Control.ModelBuilder.Graphs.Qwen2Vl;
using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.ModelBuilder.Onnx.Schema;

namespace DiVLA.Control.TestSupport.Plain;

/// <summary>Qwen2-VL's vision tower as the original writes it, picture by picture.</summary>
internal sealed class PlainVision(GraphBuilder graph, VisionShape shape)
{
    /// <summary>Normalised patches `[patches, channels * frames * patch * patch]`: the original's `pixel_values`.</summary>
    public Value PixelValues(string path, Value frame, PictureGrid grid)
    {
        var unit = graph.Mul($"{path}/unit", graph.Cast(path, frame, TensorProto.Types.DataType.Float), graph.Scalar(1 / 255f));
        var centred = graph.Sub($"{path}/centred", unit, graph.Constant($"{path}/mean", [.. shape.Mean.Select(value => (float)value)], 3));
        var normal = graph.Node(path, "Div", [centred, graph.Constant($"{path}/std", [.. shape.Deviation.Select(value => (float)value)], 3)]);
        var picture = graph.Reshape($"{path}/frame", graph.Transpose($"{path}/chw", normal, 2, 0, 1), 1, 3, grid.Height, grid.Width);
        var frames = graph.Concat($"{path}/frames", 0, [.. Enumerable.Repeat(picture, shape.TemporalPatch)]);
        var cells = graph.Reshape(
            $"{path}/cells", frames, 1, shape.TemporalPatch, 3, grid.TokenRows, grid.Merge, grid.Patch, grid.TokenColumns, grid.Merge, grid.Patch);
        var ordered = graph.Transpose($"{path}/order", cells, 0, 3, 6, 4, 7, 2, 1, 5, 8);
        return graph.Reshape($"{path}/pixel_values", ordered, grid.Patches, shape.PatchNumbers * shape.TemporalPatch);
    }

    /// <summary>Patch embeddings `[patches, E]`.</summary>
    public Value Embed(string path, Value pixelValues)
    {
        var kernel = graph.Weight("visual.patch_embed.proj.weight", shape.Width, 3, shape.TemporalPatch, shape.Patch, shape.Patch);
        return graph.Gemm(path, pixelValues, graph.Reshape($"{path}/kernel", kernel, shape.Width, shape.PatchNumbers * shape.TemporalPatch), Value.None);
    }

    /// <summary>Features `[tokens, D]` of one picture.</summary>
    public Value Features(string path, Value embedded, PictureGrid grid)
    {
        var angles = RotaryAngles.TwoDimensional(grid.PatchPositions(), shape.HeadDim, VisionShape.RopeTheta);
        var rows = embedded;
        for (var block = 0; block < shape.Depth; block++)
        {
            var (place, name) = ($"{path}/blocks.{block}", $"visual.blocks.{block}");
            rows = graph.Add($"{place}/attn/sum", rows, Attention($"{place}/attn", $"{name}.attn", Norm($"{place}/norm1", $"{name}.norm1", rows), grid.Patches, angles));
            rows = graph.Add($"{place}/mlp/sum", rows, Mlp($"{place}/mlp", $"{name}.mlp", Norm($"{place}/norm2", $"{name}.norm2", rows)));
        }
        var merged = graph.Reshape($"{path}/merged", Norm($"{path}/ln_q", "visual.merger.ln_q", rows), grid.Tokens, shape.MergedWidth);
        var hidden = graph.Linear($"{path}/mlp.0", merged, "visual.merger.mlp.0", shape.MergedWidth, shape.MergedWidth);
        return graph.Linear($"{path}/mlp.2", graph.Gelu($"{path}/mlp.1", hidden), "visual.merger.mlp.2", shape.MergedWidth, shape.OutputWidth);
    }

    private Value Norm(string path, string name, Value rows) =>
        graph.LayerNorm(path, rows, graph.Weight($"{name}.weight", shape.Width), graph.Weight($"{name}.bias", shape.Width), 1e-6f);

    private Value Attention(string path, string name, Value rows, int patches, double[][] angles)
    {
        var qkv = graph.Split($"{path}/qkv", graph.Linear($"{path}/qkv", rows, $"{name}.qkv", shape.Width, 3 * shape.Width), 1, shape.Width, shape.Width, shape.Width);
        Value Heads(string part, Value value) => graph.Heads($"{path}/{part}", value, patches, shape.Heads, shape.HeadDim);
        var queries = graph.PlainRotate($"{path}/q_rotary", Heads("q", qkv[0]), angles);
        var keys = graph.PlainRotate($"{path}/k_rotary", Heads("k", qkv[1]), angles);
        var attended = graph.PlainAttention(path, queries, keys, Heads("v", qkv[2]), Value.None, patches, shape.Heads, shape.HeadDim);
        return graph.Linear($"{path}/proj", attended, $"{name}.proj", shape.Width, shape.Width);
    }

    private Value Mlp(string path, string name, Value rows)
    {
        var hidden = graph.Linear($"{path}/fc1", rows, $"{name}.fc1", shape.Width, shape.MlpWidth);
        return graph.Linear($"{path}/fc2", graph.PlainGate(path, hidden, 1.702f), $"{name}.fc2", shape.MlpWidth, shape.Width);
    }
}
