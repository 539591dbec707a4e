using System.Text.Json;
using DiVLA.Control.ModelBuilder.Onnx.Schema;
using DiVLA.Control.Policy;
using DiVLA.Control.Policy.Bundle;
using Google.Protobuf;

namespace DiVLA.Control.ModelBuilder.Bundles;

/// <summary>Reads a bundle's graphs without running them.</summary>
public static class BundleInspector
{
    // Film is the first part of diffusion.onnx; its nodes say so by their path.
    private const string FilmPath = "/film/";

    /// <summary>Counts nodes, weights and bytes.</summary>
    /// <exception cref="BundleRejectedException">The manifest or a graph is not what it should be.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static BundleReport Inspect(string directory)
    {
        var manifest = ReadManifest(directory);
        (PolicyStage Stage, GraphManifest Graph)[] graphs =
        [
            (PolicyStage.Backbone, manifest.Graphs.Backbone),
            (PolicyStage.Reasoning, manifest.Graphs.Reasoning),
            (PolicyStage.Diffusion, manifest.Graphs.Diffusion),
            .. manifest.Embodiments.Select(embodiment => (PolicyStage.Embodiment, embodiment.Graph)),
        ];
        var parsed = Array.ConvertAll(graphs, entry => (entry.Stage, entry.Graph, Model: ReadGraph(directory, entry.Graph.File)));
        return new BundleReport(
            manifest,
            Added(directory, manifest),
            Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Sum(path => new FileInfo(path).Length),
            Array.ConvertAll(parsed, entry => Report(directory, entry.Graph, entry.Model)),
            [.. parsed.SelectMany(entry => Stages(entry.Stage, entry.Graph.File, entry.Model)).OrderBy(stage => stage.Stage)]);
    }

    private static PolicyManifest ReadManifest(string directory)
    {
        try
        {
            return JsonSerializer.Deserialize<PolicyManifest>(File.ReadAllText(Path.Combine(directory, PolicyManifest.FileName)), PolicyManifest.JsonOptions)
                ?? throw new JsonException("the file is empty");
        }
        catch (JsonException fault)
        {
            throw Rejected(directory, PolicyManifest.FileName, fault.Path ?? "$", fault.Message, "a manifest that can be read");
        }
    }

    private static string[] Added(string directory, PolicyManifest manifest)
    {
        var folder = new DirectoryInfo(Path.Combine(directory, EmbodimentPaths.Folder));
        var names = folder.Exists ? folder.EnumerateDirectories().Select(arm => arm.Name).Where(name => !name.StartsWith('.')) : [];
        return [.. names.Except(manifest.Embodiments.Select(embodiment => embodiment.Name)).Order(StringComparer.Ordinal)];
    }

    private static GraphProto ReadGraph(string directory, string file)
    {
        try
        {
            return ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(directory, file))).Graph
                ?? throw Rejected(directory, file, "graph", "no graph", "an ONNX model");
        }
        catch (InvalidProtocolBufferException fault)
        {
            throw Rejected(directory, file, "file", fault.Message, "an ONNX model");
        }
    }

    private static BundleRejectedException Rejected(string directory, string file, string field, string found, string expected) =>
        new(directory, [new BundleFault(file, field, found, expected)]);

    private static GraphReport Report(string directory, GraphManifest manifest, GraphProto graph)
    {
        var weights = graph.Initializer.Where(IsWeight).ToArray();
        return new GraphReport(
            manifest.File,
            new FileInfo(Path.Combine(directory, manifest.File)).Length,
            graph.Node.Count,
            [.. graph.Node.CountBy(node => node.OpType).Select(pair => new OperatorCount(pair.Key, pair.Value)).OrderByDescending(count => count.Nodes)],
            weights.Sum(Count),
            weights.Sum(weight => long.Parse(weight.ExternalData.Single(entry => entry.Key == "length").Value)),
            graph.Initializer.Where(tensor => !IsWeight(tensor)).Sum(tensor => (long)tensor.RawData.Length),
            manifest.Inputs,
            manifest.Outputs);
    }

    private static IEnumerable<StageReport> Stages(PolicyStage stage, string file, GraphProto graph)
    {
        var weights = graph.Initializer.Where(IsWeight).ToDictionary(tensor => tensor.Name, Count);
        return graph.Node
            .GroupBy(node => stage == PolicyStage.Diffusion && node.Name.StartsWith(FilmPath, StringComparison.Ordinal) ? PolicyStage.Film : stage)
            .Select(nodes => new StageReport(
                nodes.Key,
                file,
                nodes.Count(),
                nodes.SelectMany(node => node.Input).Distinct().Sum(input => weights.GetValueOrDefault(input))));
    }

    private static bool IsWeight(TensorProto tensor) => tensor.DataLocation == TensorProto.Types.DataLocation.External;

    private static long Count(TensorProto tensor) => tensor.Dims.Aggregate(1L, (product, size) => product * size);
}
