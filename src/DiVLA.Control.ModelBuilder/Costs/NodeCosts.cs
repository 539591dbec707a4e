using DiVLA.Control.ModelBuilder.Onnx.Schema;
using DataType = DiVLA.Control.ModelBuilder.Onnx.Schema.TensorProto.Types.DataType;

namespace DiVLA.Control.ModelBuilder.Costs;

/// <summary>What one node takes at least.</summary>
/// <param name="Flops">Operations of its products; what is done element by element is left out. A multiplication and its addition are two.</param>
/// <param name="Bytes">Weights, inputs and outputs, each moved once.</param>
/// <param name="IsHalf">True where the product is one of 16-bit numbers.</param>
internal readonly record struct NodeCost(long Flops, long Bytes, bool IsHalf);

/// <summary>What nodes take at least, by their shapes.</summary>
internal static class NodeCosts
{
    /// <summary>One node's cost.</summary>
    public static NodeCost Of(NodeProto node, GraphShapes shapes)
    {
        var type = shapes[node.Output.First(name => name.Length > 0)].Type;
        return new NodeCost(Flops(node, shapes), Bytes(node, shapes), type is DataType.Float16 or DataType.Bfloat16);
    }

    /// <summary>True where the output is the input under another shape: nothing is computed or moved.</summary>
    public static bool IsView(NodeProto node) => node.OpType is "Reshape" or "Identity";

    private static long Flops(NodeProto node, GraphShapes shapes) => node.OpType switch
    {
        "Gemm" or "MatMul" => 2 * shapes[node.Output[0]].Count * shapes.Input(node, 0).Last,
        "Conv" => 2 * shapes[node.Output[0]].Count * PerOutput(shapes.Input(node, 1)),
        "ConvTranspose" => 2 * shapes.Input(node, 0).Count * PerOutput(shapes.Input(node, 1)),
        "MultiHeadAttention" => 4 * shapes.Input(node, 0).Count * shapes.Input(node, 1).Sizes[^2],
        "GroupQueryAttention" => CausalFlops(node, shapes),
        _ => 0,
    };

    // Kernel [out, in, k ...]: what one output number takes. Transposed, [in, out, k ...]: what one input number gives.
    private static long PerOutput(TensorShape kernel) => kernel.Count / kernel.Sizes[0];

    // Each row sees the rows before it; a row behind a cache, all of it at most.
    private static long CausalFlops(NodeProto node, GraphShapes shapes)
    {
        var output = shapes[node.Output[0]];
        var rows = output.Sizes[1];
        var pairs = GraphShapes.HasInput(node, 3) ? rows * shapes.Input(node, 3).Sizes[2] : rows * (rows + 1) / 2;
        return 4 * pairs * output.Last;
    }

    private static long Bytes(NodeProto node, GraphShapes shapes)
    {
        if (IsView(node)) return 0;
        var written = node.Output.Where(name => name.Length > 0).Sum(name => shapes[name].Bytes);
        return node.OpType switch
        {
            // Of a table, only the rows that are asked for.
            "Gather" => 2 * written,
            // Of a shared cache, all is read at most, and one position is written.
            "GroupQueryAttention" when GraphShapes.HasInput(node, 3) => Read(node, shapes),
            _ => written + Read(node, shapes),
        };
    }

    private static long Read(NodeProto node, GraphShapes shapes) => node.Input.Where(name => name.Length > 0).Distinct().Sum(name => shapes[name].Bytes);
}
