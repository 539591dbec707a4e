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
        using var weights = SafetensorsFile.Open(Path.Combine(directory, EmbodimentPaths.Weights));
        var graph = Graph(EmbodimentPaths.Graph, profile, weights);
        graph.Write(directory);
        Seal(directory, profile, [EmbodimentPaths.Graph, EmbodimentPaths.Weights], cancellation);
        return graph.Manifest;
    }

    /// <summary>Builds an arm's graph.</summary>
    /// <param name="path">Where it will be.</param>
    /// <param name="profile">With a mapping.</param>
    /// <param name="weights">Beside it.</param>
    /// <exception cref="ModelBuildException">The weights do not fit the profile.</exception>
    internal static BuiltGraph Graph(string path, EmbodimentProfile profile, SafetensorsFile weights)
    {
        var source = new WeightSource(weights);
        var graph = BuiltGraph.Of(Path.ChangeExtension(path, null), source, builder => EmbodimentGraph.Build(builder, profile));
        source.ThrowOnFaults();
        return graph;
    }

    /// <summary>Writes the profile with a seal over files of its folder.</summary>
    /// <exception cref="OperationCanceledException">Cancelled on the way.</exception>
    internal static void Seal(string directory, EmbodimentProfile profile, IEnumerable<string> files, CancellationToken cancellation)
    {
        var seal = EmbodimentSeal.Close(profile, [.. files.Select(name => Describe(directory, name, cancellation))]);
        File.WriteAllText(Path.Combine(directory, EmbodimentPaths.Profile), seal.ToJson());
    }

    private static EmbodimentFile Describe(string directory, string name, CancellationToken cancellation)
    {
        var path = Path.Combine(directory, name);
        return new EmbodimentFile(name, new FileInfo(path).Length, FileDigest.Sha256(path, cancellation));
    }
}
