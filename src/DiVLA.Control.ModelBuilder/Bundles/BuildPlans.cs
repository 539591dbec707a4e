using DiVLA.Control.ModelBuilder.Costs;
using DiVLA.Control.ModelBuilder.Onnx.Schema;
using DiVLA.Control.Policy;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Bundles;

/// <summary>Plans from graphs that are built in memory.</summary>
internal static class BuildPlans
{
    /// <summary>Puts a plan together.</summary>
    /// <param name="architecture">Names the graph builders.</param>
    /// <param name="weights">Files of weights.</param>
    /// <param name="graphs">All graphs and the stage that each belongs to.</param>
    /// <param name="decoder">Shape of the KV cache.</param>
    /// <param name="accelerator">What times are given for.</param>
    public static BuildPlan Of(
        string architecture, IEnumerable<PlannedFile> weights, IEnumerable<(PolicyStage Stage, BuiltGraph Graph)> graphs, DecoderManifest decoder, Accelerator accelerator)
    {
        var parsed = graphs.Select(entry => (entry.Stage, entry.Graph, Model: ModelProto.Parser.ParseFrom(entry.Graph.Bytes).Graph)).ToArray();
        StageReport[] stages =
            [.. parsed.SelectMany(entry => GraphReports.Stages(entry.Stage, entry.Graph.Manifest.File, entry.Model, accelerator)).OrderBy(stage => stage.Stage)];
        return new BuildPlan(
            architecture,
            [.. weights, .. parsed.Select(entry => new PlannedFile(entry.Graph.Manifest.File, entry.Graph.Bytes.Length, IsShared: false))],
            Array.ConvertAll(parsed, entry => GraphReports.Of(entry.Graph.Manifest, entry.Model, entry.Graph.Bytes.Length)),
            stages,
            PolicyEstimate.Of(stages, decoder, accelerator));
    }
}
