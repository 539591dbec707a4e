using System.Text.Json;
using DiVLA.Control.ModelBuilder.Costs;
using DiVLA.Control.ModelBuilder.Onnx.Schema;
using DiVLA.Control.Policy;
using DiVLA.Control.Policy.Bundle;
using Google.Protobuf;

namespace DiVLA.Control.ModelBuilder.Bundles;

/// <summary>Reads a bundle's graphs without running them.</summary>
public static class BundleInspector
{
    /// <summary>Counts nodes, weights and bytes, and what the stages take.</summary>
    /// <param name="directory">The bundle.</param>
    /// <param name="accelerator">What times are given for.</param>
    /// <exception cref="BundleRejectedException">The manifest or a graph is not what it should be.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static BundleReport Inspect(string directory, Accelerator accelerator)
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
        StageReport[] stages = [.. parsed.SelectMany(entry => GraphReports.Stages(entry.Stage, entry.Graph.File, entry.Model, accelerator)).OrderBy(stage => stage.Stage)];
        return new BundleReport(
            manifest,
            AddedArms.Names(directory, manifest),
            Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Sum(path => new FileInfo(path).Length),
            Array.ConvertAll(parsed, entry => GraphReports.Of(entry.Graph, entry.Model, new FileInfo(Path.Combine(directory, entry.Graph.File)).Length)),
            stages,
            PolicyEstimate.Of(stages, manifest.Decoder, accelerator));
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
}
