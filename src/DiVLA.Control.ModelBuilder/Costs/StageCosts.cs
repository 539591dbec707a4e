using DiVLA.Control.ModelBuilder.Onnx.Schema;
using DiVLA.Control.Policy;

namespace DiVLA.Control.ModelBuilder.Costs;

/// <summary>What the stages of a graph take.</summary>
internal static class StageCosts
{
    private const double MsPerSecond = 1000;

    /// <summary>Costs of each stage of a graph.</summary>
    /// <param name="stages">The graph's nodes by stage.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="accelerator">What it would run on.</param>
    /// <returns>None where the graph has operators that none of ours has.</returns>
    public static IReadOnlyDictionary<PolicyStage, StageCost> Of(IEnumerable<IGrouping<PolicyStage, NodeProto>> stages, GraphProto graph, Accelerator accelerator)
    {
        if (GraphShapes.Infer(graph) is not { } shapes) return new Dictionary<PolicyStage, StageCost>();
        var peak = ActivationMemory.Peak(graph, shapes);
        return stages.ToDictionary(stage => stage.Key, stage => Sum(stage.Key, Costs(stage, shapes), peak, accelerator));
    }

    private static StageCost Sum(PolicyStage stage, NodeCost[] nodes, long peak, Accelerator accelerator)
    {
        var seconds = nodes.Sum(accelerator.SecondsOf);
        return new StageCost(
            stage,
            nodes.Sum(node => node.Flops),
            nodes.Sum(node => node.Bytes),
            peak,
            seconds * MsPerSecond,
            Accelerator.Expected(seconds, nodes.Count(node => node.Bytes > 0)) * MsPerSecond);
    }

    // What is made of constants alone, ONNX Runtime computes once, when it loads the graph.
    private static NodeCost[] Costs(IEnumerable<NodeProto> nodes, GraphShapes shapes)
    {
        var (folded, costs) = (new HashSet<string>(StringComparer.Ordinal), new List<NodeCost>());
        foreach (var node in nodes)
        {
            if (node.Input.All(name => name.Length == 0 || IsConstant(name))) folded.UnionWith(node.Output);
            else costs.Add(NodeCosts.Of(node, shapes, IsConstant));
        }
        return [.. costs];

        bool IsConstant(string name) => folded.Contains(name) || shapes.Initializer(name) is not null;
    }
}
