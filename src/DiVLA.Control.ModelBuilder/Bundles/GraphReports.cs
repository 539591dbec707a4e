using DiVLA.Control.ModelBuilder.Costs;
using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.ModelBuilder.Onnx.Schema;
using DiVLA.Control.Policy;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Bundles;

/// <summary>Counts what a graph holds, and what it takes.</summary>
internal static class GraphReports
{
    // Film is the first part of diffusion.onnx; its nodes say so by their path.
    private const string FilmPath = "/film/";

    /// <summary>A graph as a whole.</summary>
    /// <param name="manifest">What policy.json says about it.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="bytes">Size of its file. Unit: bytes.</param>
    public static GraphReport Of(GraphManifest manifest, GraphProto graph, long bytes)
    {
        var weights = graph.Initializer.Where(IsWeight).ToArray();
        return new GraphReport(
            manifest.File,
            bytes,
            graph.Node.Count,
            [.. graph.Node.CountBy(node => node.OpType).Select(pair => new OperatorCount(pair.Key, pair.Value)).OrderByDescending(count => count.Nodes)],
            weights.Sum(weight => TensorShape.Of(weight).Count),
            weights.Sum(weight => TensorShape.Of(weight).Bytes),
            graph.Initializer.Where(tensor => !IsWeight(tensor)).Sum(tensor => (long)tensor.RawData.Length),
            manifest.Inputs,
            manifest.Outputs);
    }

    /// <summary>The stages that a graph is made of.</summary>
    public static IEnumerable<StageReport> Stages(PolicyStage stage, string file, GraphProto graph, Accelerator accelerator)
    {
        var stages = graph.Node.GroupBy(node => StageOf(stage, node)).ToArray();
        var costs = StageCosts.Of(stages, graph, accelerator);
        var weights = graph.Initializer.Where(IsWeight).ToDictionary(tensor => tensor.Name, TensorShape.Of);
        return stages.Select(nodes => Report(nodes, file, weights, costs.GetValueOrDefault(nodes.Key)));
    }

    private static PolicyStage StageOf(PolicyStage stage, NodeProto node) =>
        stage == PolicyStage.Diffusion && node.Name.StartsWith(FilmPath, StringComparison.Ordinal) ? PolicyStage.Film : stage;

    private static StageReport Report(IGrouping<PolicyStage, NodeProto> nodes, string file, Dictionary<string, TensorShape> weights, StageCost? cost)
    {
        var read = nodes.SelectMany(node => node.Input).Distinct().Where(weights.ContainsKey).Select(name => weights[name]).ToArray();
        return new StageReport(
            nodes.Key,
            file,
            nodes.Count(),
            read.Sum(weight => weight.Count),
            [.. read.Select(weight => ElementTypes.OfOnnx(weight.Type)).Distinct().Order()],
            read.Sum(weight => weight.Bytes),
            cost);
    }

    private static bool IsWeight(TensorProto tensor) => tensor.DataLocation == TensorProto.Types.DataLocation.External;
}
