using DiVLA.Control.ModelBuilder.Onnx.Schema;
using DataType = DiVLA.Control.ModelBuilder.Onnx.Schema.TensorProto.Types.DataType;

namespace DiVLA.Control.ModelBuilder.Costs;

/// <summary>What shape each operator of our graphs gives.</summary>
internal static class ShapeRules
{
    private static readonly HashSet<string> _likeFirstInput = new(StringComparer.Ordinal)
    {
        "Relu", "Gelu", "FastGelu", "QuickGelu", "Sigmoid", "Tanh", "Softplus", "Mish", "Softmax", "Sin", "Cos", "Exp", "Sqrt", "Neg", "Clip", "Identity",
        "LayerNormalization", "SimplifiedLayerNormalization", "RotaryEmbedding", "MRotaryEmbedding", "MultiHeadAttention",
    };

    private static readonly HashSet<string> _broadcast = new(StringComparer.Ordinal) { "Add", "Sub", "Mul", "Div", "Max", "Min" };

    /// <summary>Shapes of a node's outputs; null for an operator that is not known, or sizes that are not constant.</summary>
    public static IReadOnlyList<TensorShape>? Apply(NodeProto node, GraphShapes shapes)
    {
        if (_likeFirstInput.Contains(node.OpType)) return [shapes.Input(node, 0)];
        if (_broadcast.Contains(node.OpType)) return [Broadcast(node, shapes, shapes.Input(node, 0).Type)];
        return node.OpType switch
        {
            "Less" or "Greater" or "Equal" => [Broadcast(node, shapes, DataType.Bool)],
            "Where" => [Broadcast(node, shapes, shapes.Input(node, 1).Type)],
            "SkipLayerNormalization" or "SkipSimplifiedLayerNormalization" => [.. Enumerable.Repeat(shapes.Input(node, 0), 4)],
            "Cast" => [shapes.Input(node, 0) with { Type = (DataType)node.Integer("to") }],
            "Gemm" => [Gemm(node, shapes)],
            "MatMul" => [MatMul(node, shapes)],
            "Conv" => [Convolution(node, shapes)],
            "ConvTranspose" => [TransposedConvolution(node, shapes)],
            "GroupQueryAttention" => Attention(node, shapes),
            "Reshape" or "Expand" => Sized(node, shapes),
            "Transpose" => [Transpose(node, shapes)],
            "Concat" => [Concat(node, shapes)],
            "Split" => Split(node, shapes),
            "Slice" => Slice(node, shapes),
            "Gather" => [Gather(node, shapes)],
            "ArgMax" => [Reduced(shapes.Input(node, 0), [node.Integer("axis")], node.Integer("keepdims", 1)) with { Type = DataType.Int64 }],
            "ReduceMean" or "ReduceSum" => shapes.Integers(node, 1) is { } axes ? [Reduced(shapes.Input(node, 0), axes, node.Integer("keepdims", 1))] : null,
            _ => null,
        };
    }

    private static TensorShape Broadcast(NodeProto node, GraphShapes shapes, DataType type)
    {
        var inputs = node.Input.Select((_, i) => shapes.Input(node, i).Sizes).ToArray();
        var rank = inputs.Max(sizes => sizes.Length);
        // A side that is missing stands for 1.
        return new TensorShape([.. Enumerable.Range(1, rank).Reverse().Select(fromEnd => inputs.Max(sizes => fromEnd <= sizes.Length ? sizes[^fromEnd] : 1))], type);
    }

    private static TensorShape Gemm(NodeProto node, GraphShapes shapes)
    {
        var (rows, weight) = (shapes.Input(node, 0), shapes.Input(node, 1));
        return rows with { Sizes = [rows.Sizes[0], node.Integer("transB") == 1 ? weight.Sizes[0] : weight.Sizes[1]] };
    }

    private static TensorShape MatMul(NodeProto node, GraphShapes shapes)
    {
        var (left, right) = (shapes.Input(node, 0), shapes.Input(node, 1));
        var batch = left.Sizes.Length >= right.Sizes.Length ? left.Sizes[..^2] : right.Sizes[..^2];
        return left with { Sizes = [.. batch, left.Sizes[^2], right.Last] };
    }

    private static TensorShape Convolution(NodeProto node, GraphShapes shapes)
    {
        var (x, weight) = (shapes.Input(node, 0), shapes.Input(node, 1));
        var (kernel, strides, pads) = (node.Integers("kernel_shape"), node.Integers("strides"), node.Integers("pads"));
        var spatial = kernel.Select((size, axis) => (x.Sizes[axis + 2] + pads[axis] + pads[axis + kernel.Length] - size) / strides[axis] + 1);
        return x with { Sizes = [x.Sizes[0], weight.Sizes[0], .. spatial] };
    }

    private static TensorShape TransposedConvolution(NodeProto node, GraphShapes shapes)
    {
        var (x, weight) = (shapes.Input(node, 0), shapes.Input(node, 1));
        var (kernel, strides, pads) = (node.Integers("kernel_shape"), node.Integers("strides"), node.Integers("pads"));
        var spatial = kernel.Select((size, axis) => (x.Sizes[axis + 2] - 1) * strides[axis] + size - pads[axis] - pads[axis + kernel.Length]);
        return x with { Sizes = [x.Sizes[0], weight.Sizes[1], .. spatial] };
    }

    // Queries alone, or queries, keys and values side by side; the cache as it comes in, or as long as the rows.
    private static TensorShape[] Attention(NodeProto node, GraphShapes shapes)
    {
        var (query, heads, keyHeads) = (shapes.Input(node, 0), node.Integer("num_heads"), node.Integer("kv_num_heads"));
        var isPacked = !GraphShapes.HasInput(node, 1);
        var size = isPacked ? query.Last / (heads + 2 * keyHeads) : query.Last / heads;
        var present = GraphShapes.HasInput(node, 3) ? shapes.Input(node, 3) : query with { Sizes = [query.Sizes[0], keyHeads, query.Sizes[1], size] };
        return [query with { Sizes = [query.Sizes[0], query.Sizes[1], heads * size] }, present, present];
    }

    private static TensorShape[]? Sized(NodeProto node, GraphShapes shapes) =>
        shapes.Integers(node, 1) is { } sizes && Array.TrueForAll(sizes, size => size >= 0) ? [shapes.Input(node, 0) with { Sizes = sizes }] : null;

    private static TensorShape Transpose(NodeProto node, GraphShapes shapes)
    {
        var x = shapes.Input(node, 0);
        return x with { Sizes = [.. node.Integers("perm").Select(axis => x.Sizes[axis])] };
    }

    private static TensorShape Concat(NodeProto node, GraphShapes shapes)
    {
        var first = shapes.Input(node, 0);
        var axis = first.Axis(node.Integer("axis"));
        return WithSize(first, axis, node.Input.Select((_, i) => shapes.Input(node, i).Sizes[axis]).Sum());
    }

    private static TensorShape[]? Split(NodeProto node, GraphShapes shapes)
    {
        var x = shapes.Input(node, 0);
        return shapes.Integers(node, 1) is { } sizes ? [.. sizes.Select(size => WithSize(x, x.Axis(node.Integer("axis")), size))] : null;
    }

    private static TensorShape[]? Slice(NodeProto node, GraphShapes shapes)
    {
        if (shapes.Integers(node, 1) is not [var begin] || shapes.Integers(node, 2) is not [var end] || shapes.Integers(node, 3) is not [var along]) return null;
        var x = shapes.Input(node, 0);
        var axis = x.Axis(along);
        return [WithSize(x, axis, Math.Min(end, x.Sizes[axis]) - begin)];
    }

    private static TensorShape Gather(NodeProto node, GraphShapes shapes)
    {
        var (table, indices) = (shapes.Input(node, 0), shapes.Input(node, 1));
        return table with { Sizes = [.. indices.Sizes, .. table.Sizes[1..]] };
    }

    private static TensorShape Reduced(TensorShape x, long[] axes, long keeps)
    {
        var gone = axes.Select(x.Axis).ToHashSet();
        return x with { Sizes = [.. x.Sizes.Index().Where(side => keeps == 1 || !gone.Contains(side.Index)).Select(side => gone.Contains(side.Index) ? 1 : side.Item)] };
    }

    private static TensorShape WithSize(TensorShape shape, int axis, long size)
    {
        long[] sizes = [.. shape.Sizes];
        sizes[axis] = size;
        return shape with { Sizes = sizes };
    }
}
