using System.Runtime.InteropServices;
using DiVLA.Control.ModelBuilder.Onnx.Schema;

namespace DiVLA.Control.ModelBuilder.Costs;

/// <summary>The shape of every value in a graph whose inputs all have fixed sizes.</summary>
internal sealed class GraphShapes
{
    private readonly Dictionary<string, TensorShape> _shapes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorProto> _initializers;

    private GraphShapes(GraphProto graph)
    {
        _initializers = graph.Initializer.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        foreach (var input in graph.Input) _shapes[input.Name] = TensorShape.Of(input);
        foreach (var (name, tensor) in _initializers) _shapes[name] = TensorShape.Of(tensor);
    }

    /// <summary>Works through the nodes in their order.</summary>
    /// <returns>Null where the graph has an operator, or a shape, that none of our graphs has.</returns>
    public static GraphShapes? Infer(GraphProto graph)
    {
        var shapes = new GraphShapes(graph);
        foreach (var node in graph.Node)
        {
            if (ShapeRules.Apply(node, shapes) is not { } outputs) return null;
            for (var i = 0; i < node.Output.Count && i < outputs.Count; i++)
                if (node.Output[i].Length > 0) shapes._shapes[node.Output[i]] = outputs[i];
        }
        return shapes;
    }

    /// <summary>A value's shape.</summary>
    public TensorShape this[string name] => _shapes[name];

    /// <summary>True where the node has this input.</summary>
    public static bool HasInput(NodeProto node, int index) => index < node.Input.Count && node.Input[index].Length > 0;

    /// <summary>Shape of a node's input.</summary>
    public TensorShape Input(NodeProto node, int index) => _shapes[node.Input[index]];

    /// <summary>The initializer of this name; null for anything that is computed.</summary>
    public TensorProto? Initializer(string name) => _initializers.GetValueOrDefault(name);

    /// <summary>A list of whole numbers that a node takes as a constant; null where it is computed.</summary>
    public long[]? Integers(NodeProto node, int index) =>
        Initializer(node.Input[index]) is { DataType: (int)TensorProto.Types.DataType.Int64 } tensor ? [.. MemoryMarshal.Cast<byte, long>(tensor.RawData.Span)] : null;
}
