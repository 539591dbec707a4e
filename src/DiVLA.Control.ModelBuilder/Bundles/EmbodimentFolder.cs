using DiVLA.Control.ModelBuilder.Graphs;
using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Robot;

namespace DiVLA.Control.ModelBuilder.Bundles;

/// <summary>Writes an arm's folder: weights, graph, and the profile with the seal that makes it whole in itself.</summary>
public static class EmbodimentFolder
{
    /// <summary>Writes a folder out of sight and puts it in place in one step: a service that looks at it meanwhile sees the one before, or this one.</summary>
    /// <param name="directory">The arm's folder; its name must be the profile's.</param>
    /// <param name="profile">With a mapping.</param>
    /// <param name="weights">Writes the weights to the path that it is given.</param>
    /// <exception cref="ModelBuildException">The weights do not fit the profile.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string directory, EmbodimentProfile profile, Action<string> weights)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(directory))!);
        using var swap = new DirectorySwap(directory);
        weights(Path.Combine(swap.NewDirectory, EmbodimentPaths.Weights));
        Complete(swap.NewDirectory, profile, CancellationToken.None);
        swap.Commit();
    }

    /// <summary>Adds graph and sealed profile to a folder that holds the weights.</summary>
    /// <returns>The graph, by its name in the folder.</returns>
    /// <exception cref="ModelBuildException">The weights do not fit the profile.</exception>
    /// <exception cref="OperationCanceledException">Cancelled on the way.</exception>
    internal static GraphManifest Complete(string directory, EmbodimentProfile profile, CancellationToken cancellation)
    {
        var graph = WriteGraph(directory, profile);
        EmbodimentFile[] files = [.. new[] { EmbodimentPaths.Graph, EmbodimentPaths.Weights }.Select(name => Describe(directory, name, cancellation))];
        File.WriteAllText(Path.Combine(directory, EmbodimentPaths.Profile), EmbodimentSeal.Close(profile, files).ToJson());
        return graph;
    }

    private static GraphManifest WriteGraph(string directory, EmbodimentProfile profile)
    {
        using var file = SafetensorsFile.Open(Path.Combine(directory, EmbodimentPaths.Weights));
        var weights = new WeightSource(file);
        var graph = new GraphBuilder("embodiment", weights);
        EmbodimentGraph.Build(graph, profile);
        weights.ThrowOnFaults();
        File.WriteAllBytes(Path.Combine(directory, EmbodimentPaths.Graph), graph.ToBytes());
        return new GraphManifest(EmbodimentPaths.Graph, [.. graph.Inputs], [.. graph.Outputs], new Dictionary<string, string>());
    }

    private static EmbodimentFile Describe(string directory, string name, CancellationToken cancellation)
    {
        var path = Path.Combine(directory, name);
        return new EmbodimentFile(name, new FileInfo(path).Length, FileDigest.Sha256(path, cancellation));
    }
}
