using DiVLA.Control.ModelBuilder.Onnx.Schema;
using Type = DiVLA.Control.ModelBuilder.Onnx.Schema.TensorProto.Types.DataType;

namespace DiVLA.Control.ModelBuilder.Bundles.Magnitudes;

/// <summary>Element types of all values of a graph of ours, followed from node to node.</summary>
internal static class ElementTypeRules
{
    /// <summary>Types by name of the value.</summary>
    public static IReadOnlyDictionary<string, Type> Of(GraphProto graph)
    {
        var types = new Dictionary<string, Type>(StringComparer.Ordinal);
        foreach (var input in graph.Input) types[input.Name] = (Type)input.Type.TensorType.ElemType;
        foreach (var tensor in graph.Initializer) types[tensor.Name] = (Type)tensor.DataType;
        foreach (var node in graph.Node)
            foreach (var output in node.Output.Where(output => output.Length > 0)) types[output] = TypeOf(node, types);
        return types;
    }

    // What an operator computes has the type of what it reads, with these exceptions.
    private static Type TypeOf(NodeProto node, Dictionary<string, Type> types) => node.OpType switch
    {
        "Cast" => (Type)node.Attribute.Single(attribute => attribute.Name == "to").I,
        "Less" or "Greater" => Type.Bool,
        "ArgMax" => Type.Int64,
        "Where" => types[node.Input[1]],
        _ => types[node.Input[0]],
    };
}
