using DiVLA.Control.ModelBuilder.Onnx;
using static DiVLA.Control.ModelBuilder.Onnx.Attributes;

namespace DiVLA.Control.ModelBuilder.Graphs.Qwen2Vl;

/// <summary>The residual stream of the vision tower: an addition waits until the next LayerNorm, which does both in one node.</summary>
internal sealed class LayerNormStream(GraphBuilder graph, Value rows, int width)
{
    private const float Epsilon = 1e-6f;

    private Value _sum = rows;
    private Value _pending = Value.None;

    /// <summary>Adds rows `[S, E]` to the stream.</summary>
    public void Add(Value rows) => _pending = rows;

    /// <summary>LayerNorm of the stream, `[S, E]`; weights `{name}.weight`, `{name}.bias`.</summary>
    public Value Norm(string path, string name)
    {
        var (scale, shift) = (graph.Weight($"{name}.weight", width), graph.Weight($"{name}.bias", width));
        if (_pending == Value.None) return graph.LayerNorm(path, _sum, scale, shift, Epsilon);
        var outputs = graph.ContribNode(
            path, "SkipLayerNormalization", [_sum, _pending, scale, shift], ["output", "", "", "sum"], Attribute("epsilon", Epsilon));
        (_sum, _pending) = (outputs[3], Value.None);
        return outputs[0];
    }
}
