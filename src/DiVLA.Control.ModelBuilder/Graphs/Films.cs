using DiVLA.Control.ModelBuilder.Onnx;

namespace DiVLA.Control.ModelBuilder.Graphs;

/// <summary>Feature-wise modulation where no norm can take it over.</summary>
internal static class Films
{
    /// <summary>`x * scale + shift`.</summary>
    public static Value Apply(GraphBuilder graph, string path, Value x, Film film) =>
        graph.Add($"{path}/shift", graph.Mul($"{path}/scale", x, film.Scale), film.Shift);
}
