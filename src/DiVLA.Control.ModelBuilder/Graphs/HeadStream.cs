using DiVLA.Control.ModelBuilder.Onnx;
using static DiVLA.Control.ModelBuilder.Onnx.Attributes;

namespace DiVLA.Control.ModelBuilder.Graphs;

/// <summary>What multiplies a normalised row and what is then added to it, `[W]` each.</summary>
internal readonly record struct Film(Value Scale, Value Shift);

/// <summary>The residual stream of the diffusion head: an addition waits until the next norm, which does both in one node.</summary>
internal sealed class HeadStream(GraphBuilder graph, Value rows, float epsilon)
{
    private Value _sum = rows;
    private Value _pending = Value.None;

    /// <summary>Adds rows `[1, W]` to the stream.</summary>
    public void Add(Value rows) => _pending = rows;

    /// <summary>LayerNorm of the stream, times scale, plus shift: `[1, W]`.</summary>
    public Value Norm(string path, Film film)
    {
        if (_pending == Value.None) return graph.LayerNorm(path, _sum, film.Scale, film.Shift, epsilon);
        var outputs = graph.ContribNode(
            path,
            "SkipLayerNormalization",
            [_sum, _pending, film.Scale, film.Shift],
            ["output", "", "", "sum"],
            Attribute("epsilon", epsilon));
        (_sum, _pending) = (outputs[3], Value.None);
        return outputs[0];
    }
}
