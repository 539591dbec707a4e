using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Bundles;

/// <summary>A graph that is built, without the weights that it points to.</summary>
/// <param name="Manifest">What policy.json says about it.</param>
/// <param name="Bytes">The file.</param>
internal sealed record BuiltGraph(GraphManifest Manifest, byte[] Bytes)
{
    // Measured (tests/DiVLA.Control.Benchmarks): no graph is faster with other session options than ONNX Runtime's own. In particular the
    // ten steps' kernels share one prepacked copy of each weight, so prepacking costs 7 MB, not ten times the head.
    private static readonly IReadOnlyDictionary<string, string> _sessionOptions = new Dictionary<string, string>();

    /// <summary>Builds a graph; what is wrong with its weights is left with their source.</summary>
    /// <param name="path">Path in the bundle, without ending.</param>
    /// <param name="weights">What it points to.</param>
    /// <param name="build">Adds everything to an empty graph.</param>
    public static BuiltGraph Of(string path, WeightSource weights, Action<GraphBuilder> build)
    {
        var graph = new GraphBuilder(Path.GetFileName(path), weights);
        build(graph);
        return new BuiltGraph(new GraphManifest($"{path}.onnx", [.. graph.Inputs], [.. graph.Outputs], _sessionOptions), graph.ToBytes());
    }

    /// <summary>Writes the file into a bundle's folder.</summary>
    public void Write(string directory) => File.WriteAllBytes(Path.Combine(directory, Manifest.File), Bytes);
}
