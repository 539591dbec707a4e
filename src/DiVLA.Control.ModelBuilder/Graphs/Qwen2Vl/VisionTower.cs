using DiVLA.Control.ModelBuilder.Onnx;
using static DiVLA.Control.ModelBuilder.Onnx.Attributes;

namespace DiVLA.Control.ModelBuilder.Graphs.Qwen2Vl;

/// <summary>Qwen2-VL's vision tower: pictures to vision tokens `[tokens, D]`.</summary>
/// <remarks>
/// <code>
///  frames.i ─► patch embedding ─► depth x { LayerNorm ─► attention within each picture ─► + ; LayerNorm ─► quick-GELU MLP ─► + }
///                                                      ─► LayerNorm ─► merge 2 x 2 ─► GELU MLP ─► features of each picture
/// </code>
/// Every product runs once over the patches of all pictures; only attention takes them apart, and pictures of one size share one node.
/// </remarks>
internal sealed class VisionTower
{
    private const float QuickGeluAlpha = 1.702f;

    private readonly GraphBuilder _graph;
    private readonly VisionShape _shape;
    private readonly PictureGroup[] _groups;
    private readonly int[] _order;
    private readonly PictureGrid[] _grids;
    private readonly RotaryTables _rotary;

    private VisionTower(GraphBuilder graph, VisionShape shape, IReadOnlyList<PictureGrid> grids)
    {
        _graph = graph;
        _shape = shape;
        // Pictures of one size stand together, groups in the order of their first picture.
        var groups = Enumerable.Range(0, grids.Count).GroupBy(picture => grids[picture]).ToArray();
        _order = [.. groups.SelectMany(group => group)];
        _grids = [.. _order.Select(picture => grids[picture])];
        _groups = Array.ConvertAll(groups, group => new PictureGroup(group.Count(), group.Key.Patches));
        var angles = RotaryAngles.TwoDimensional(_grids.SelectMany(grid => grid.PatchPositions()), shape.HeadDim, VisionShape.RopeTheta);
        _rotary = RotaryTables.AddTo(graph, "/vision/rotary", angles);
    }

    /// <summary>Features of each picture `[its tokens, D]`, in the order of the frames.</summary>
    public static Value[] Build(GraphBuilder graph, VisionShape shape, IReadOnlyList<PictureGrid> grids, IReadOnlyList<Value> frames)
    {
        var tower = new VisionTower(graph, shape, grids);
        var pictures = tower._order.Select((picture, index) => (frames[picture], tower._grids[index])).ToArray();
        return tower.InOrder(tower.Run(PatchEmbedding.Build(graph, shape, pictures)));
    }

    private int Patches => _grids.Sum(grid => grid.Patches);

    private Value Run(Value rows)
    {
        var stream = new LayerNormStream(_graph, rows, _shape.Width);
        for (var block = 0; block < _shape.Depth; block++)
        {
            var (path, name) = ($"/vision/blocks.{block}", $"visual.blocks.{block}");
            stream.Add(Attention($"{path}/attn", $"{name}.attn", stream.Norm($"{path}/norm1", $"{name}.norm1")));
            stream.Add(Mlp($"{path}/mlp", $"{name}.mlp", stream.Norm($"{path}/norm2", $"{name}.norm2")));
        }
        return Merge(stream.Norm("/vision/merger/ln_q", "visual.merger.ln_q"));
    }

    // rows [S, E] ─► q|k, v ─► rotate q and k ─► attention within each picture ─► projection
    private Value Attention(string path, string name, Value rows)
    {
        var width = _shape.Width;
        var qkv = _graph.Reshape($"{path}/qkv_3d", _graph.Linear($"{path}/qkv", rows, $"{name}.qkv", width, 3 * width), 1, Patches, 3 * width);
        var parts = _graph.Split($"{path}/qkv", qkv, 2, 2 * width, width);
        var rotated = _graph.Split($"{path}/rotated", _graph.Rotate($"{path}/rotary", parts[0], _graph.Integers(0), _rotary), 2, width, width);
        var queries = Groups($"{path}/queries", rotated[0]);
        var keys = Groups($"{path}/keys", rotated[1]);
        var values = Groups($"{path}/values", parts[1]);
        var attended = _groups.Select((group, index) => Attend($"{path}/group.{index}", group, queries[index], keys[index], values[index])).ToArray();
        var all = attended.Length == 1 ? attended[0] : _graph.Concat(path, 0, attended);
        return _graph.Linear($"{path}/proj", all, $"{name}.proj", width, width);
    }

    private Value[] Groups(string path, Value rows) => _groups.Length == 1
        ? [rows]
        : _graph.Split(path, rows, 1, [.. _groups.Select(group => (long)group.Patches * group.Pictures)]);

    private Value Attend(string path, PictureGroup group, Value queries, Value keys, Value values)
    {
        long[] batch = [group.Pictures, group.Patches, _shape.Width];
        var output = _graph.ContribNode(
            path,
            "MultiHeadAttention",
            [_graph.Reshape($"{path}/queries", queries, batch), _graph.Reshape($"{path}/keys", keys, batch), _graph.Reshape($"{path}/values", values, batch)],
            ["output"],
            Attribute("num_heads", _shape.Heads))[0];
        return _graph.Reshape(path, output, group.Pictures * group.Patches, _shape.Width);
    }

    private Value Mlp(string path, string name, Value rows)
    {
        var hidden = _graph.Linear($"{path}/fc1", rows, $"{name}.fc1", _shape.Width, _shape.MlpWidth);
        return _graph.Linear($"{path}/fc2", _graph.QuickGelu(path, hidden, QuickGeluAlpha), $"{name}.fc2", _shape.MlpWidth, _shape.Width);
    }

    // The patches of a token stand together: merging is a change of shape.
    private Value Merge(Value rows)
    {
        var merged = _graph.Reshape("/vision/merger", rows, Patches / (_shape.Merge * _shape.Merge), _shape.MergedWidth);
        var hidden = _graph.Gelu("/vision/merger/mlp.1", _graph.Linear("/vision/merger/mlp.0", merged, "visual.merger.mlp.0", _shape.MergedWidth, _shape.MergedWidth));
        return _graph.Linear("/vision/merger/mlp.2", hidden, "visual.merger.mlp.2", _shape.MergedWidth, _shape.OutputWidth);
    }

    private Value[] InOrder(Value features)
    {
        var parts = _grids.Length == 1 ? [features] : _graph.Split("/vision/features", features, 0, [.. _grids.Select(grid => (long)grid.Tokens)]);
        return [.. Enumerable.Range(0, _order.Length).Select(picture => parts[Array.IndexOf(_order, picture)])];
    }

    /// <summary>Pictures of one size.</summary>
    private readonly record struct PictureGroup(int Pictures, int Patches);
}
