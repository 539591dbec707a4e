using DiVLA.Control.ModelBuilder.Onnx;

namespace DiVLA.Control.ModelBuilder.Graphs;

/// <summary>The first part of `diffusion.onnx`: reasoning injected into the condition.</summary>
/// <remarks>
/// <code>
///  prompt_mean ────┬─► input_action_proj ───────────► x ──► x * (1 + scale) + shift ──► + ──► cond
///                  └──────────────────────────────────────────────────────────────────┘
///  reasoning_mean ───► reasoning_action_proj ─► r ─┬─► scale_fc ─► scale
///                                                  └─► shift_fc ─► shift
/// </code>
/// The same in every architecture. A phrase without tokens has no mean; by contract its `reasoning_mean` is zeros, which gives a finite condition
/// (the published code divides by zero there). The policy never acts on it: its Film stage withholds the action until there is a phrase.
/// </remarks>
internal static class FilmGraph
{
    /// <summary>The condition `[1, D]`; the width is D.</summary>
    public static Value Build(GraphBuilder graph, int width, Value promptMean, Value reasoningMean)
    {
        var x = Projection(graph, "/film/input", promptMean, "input_action_proj", width);
        var r = Projection(graph, "/film/reasoning", reasoningMean, "reasoning_action_proj", width);
        var scale = graph.Linear("/film/scale_fc", r, "reasoning_film.scale_fc", width, width);
        var shift = graph.Linear("/film/shift_fc", r, "reasoning_film.shift_fc", width, width);
        var factor = graph.Add("/film/factor", scale, graph.Scalar(1));
        var modulated = graph.Add("/film/shift", graph.Mul("/film/scale", x, factor), shift);
        return graph.Add("/film/condition", modulated, promptMean);
    }

    private static Value Projection(GraphBuilder graph, string path, Value x, string name, int width)
    {
        var hidden = graph.Gelu($"{path}/mlps.1", graph.Linear($"{path}/mlps.0", x, $"{name}.mlps.0", width, width));
        return graph.Linear($"{path}/mlps.2", hidden, $"{name}.mlps.2", width, width);
    }
}
