using DiVLA.Control.ModelBuilder.Onnx.Schema;
using DataType = DiVLA.Control.ModelBuilder.Onnx.Schema.TensorProto.Types.DataType;

namespace DiVLA.Control.ModelBuilder.Costs;

/// <summary>What one node takes at least.</summary>
/// <param name="Flops">Operations of its products; what is done element by element is left out. A multiplication and its addition are two.</param>
/// <param name="StoredBytes">Weights and KV cache that are read: they come from the device's memory every time.</param>
/// <param name="Bytes">These, inputs and outputs, each moved once.</param>
/// <param name="IsHalf">True where the product is one of 16-bit numbers.</param>
internal readonly record struct NodeCost(long Flops, long StoredBytes, long Bytes, bool IsHalf);

/// <summary>What nodes take at least, by their shapes.</summary>
internal static class NodeCosts
{
    private const int PastKeys = 3;
    private const int PastValues = 4;

    /// <summary>One node's cost.</summary>
    /// <param name="node">The node.</param>
    /// <param name="shapes">Shapes of the graph's values.</param>
    /// <param name="isConstant">True for values that do not change from run to run.</param>
    public static NodeCost Of(NodeProto node, GraphShapes shapes, Func<string, bool> isConstant)
    {
        var type = shapes[node.Output.First(name => name.Length > 0)].Type;
        return new NodeCost(Flops(node, shapes), StoredBytes(node, shapes, isConstant), Bytes(node, shapes), type is DataType.Float16 or DataType.Bfloat16);
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
        var pairs = GraphShapes.HasInput(node, PastKeys) ? rows * shapes.Input(node, PastKeys).Sizes[2] : rows * (rows + 1) / 2;
        return 4 * pairs * output.Last;
    }

    private static long StoredBytes(NodeProto node, GraphShapes shapes, Func<string, bool> isConstant)
    {
        if (IsView(node) || node.OpType == "Gather") return 0;
        var stored = node.Input.Index().Where(input => input.Item.Length > 0 && (isConstant(input.Item) || IsCache(node, input.Index)));
        return stored.Select(input => input.Item).Distinct().Sum(name => shapes[name].Bytes);
    }

    private static bool IsCache(NodeProto node, int input) => node.OpType == "GroupQueryAttention" && input is (PastKeys or PastValues);

    private static long Bytes(NodeProto node, GraphShapes shapes)
    {
        if (IsView(node)) return 0;
        var written = node.Output.Where(name => name.Length > 0).Sum(name => shapes[name].Bytes);
        return node.OpType switch
        {
            // Of a table, only the rows that are asked for.
            "Gather" => 2 * written,
            // Of a shared cache, all is read at most, and one position is written.
            "GroupQueryAttention" when GraphShapes.HasInput(node, PastKeys) => Read(node, shapes),
            _ => written + Read(node, shapes),
        };
    }

    private static long Read(NodeProto node, GraphShapes shapes) => node.Input.Where(name => name.Length > 0).Distinct().Sum(name => shapes[name].Bytes);
}
