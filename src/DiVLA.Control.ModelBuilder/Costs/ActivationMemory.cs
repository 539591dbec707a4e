using DiVLA.Control.ModelBuilder.Onnx.Schema;

namespace DiVLA.Control.ModelBuilder.Costs;

/// <summary>How much of what nodes compute must be kept at once.</summary>
internal static class ActivationMemory
{
    /// <summary>Largest sum of values that are computed and still to be read, outputs of the graph included. Unit: bytes.</summary>
    public static long Peak(GraphProto graph, GraphShapes shapes)
    {
        var lastUse = LastUses(graph);
        var endingAt = lastUse.ToLookup(use => use.Value, use => use.Key);
        var (live, peak) = (0L, 0L);
        for (var i = 0; i < graph.Node.Count; i++)
        {
            live += Computed(graph.Node[i]).Sum(name => shapes[name].Bytes);
            peak = Math.Max(peak, live);
            live -= endingAt[i].Sum(name => shapes[name].Bytes);
        }
        return peak;
    }

    // Index of the last node that needs a computed value, under whatever name.
    private static Dictionary<string, int> LastUses(GraphProto graph)
    {
        var (lastUse, original) = (new Dictionary<string, int>(StringComparer.Ordinal), new Dictionary<string, string>(StringComparer.Ordinal));
        foreach (var (i, node) in graph.Node.Index())
        {
            foreach (var input in node.Input.Select(name => original.GetValueOrDefault(name, name)).Where(lastUse.ContainsKey)) lastUse[input] = i;
            foreach (var output in Computed(node)) lastUse[output] = i;
            if (NodeCosts.IsView(node)) original[node.Output[0]] = original.GetValueOrDefault(node.Input[0], node.Input[0]);
        }
        foreach (var output in graph.Output.Select(output => original.GetValueOrDefault(output.Name, output.Name)).Where(lastUse.ContainsKey)) lastUse[output] = graph.Node.Count;
        return lastUse;
    }

    private static IEnumerable<string> Computed(NodeProto node) => NodeCosts.IsView(node) ? [] : node.Output.Where(name => name.Length > 0);
}
