using DiVLA.Control.ModelBuilder.Onnx;
using static DiVLA.Control.ModelBuilder.Onnx.Attributes;

namespace DiVLA.Control.ModelBuilder.Graphs;

/// <summary>The residual stream of a decoder: an addition waits until the next norm, which does both in one node.</summary>
internal sealed class Residual(GraphBuilder graph, Value rows, float epsilon)
{
    private Value _sum = rows;
    private Value _pending = Value.None;

    /// <summary>Adds rows `[T, D]` to the stream.</summary>
    public void Add(Value rows) => _pending = rows;

    /// <summary>RMSNorm of the stream, `[T, D]`.</summary>
    public Value Norm(string path, Value weight)
    {
        if (_pending == Value.None)
            return graph.Node(path, "SimplifiedLayerNormalization", [_sum, weight], Attribute("axis", -1), Attribute("epsilon", epsilon));
        var outputs = graph.ContribNode(
            path, "SkipSimplifiedLayerNormalization", [_sum, _pending, weight], ["output", "", "", "sum"], Attribute("epsilon", epsilon));
        (_sum, _pending) = (outputs[3], Value.None);
        return outputs[0];
    }
}
