using DiVLA.Control.ModelBuilder.Onnx.Schema;
using DiVLA.Control.Policy.Bundle;
using static DiVLA.Control.ModelBuilder.Onnx.Attributes;

namespace DiVLA.Control.ModelBuilder.Onnx;

/// <summary>The operators that the graphs are made of, one short method each. Paths name nodes; shapes are those of `docs/model.md`.</summary>
internal static class Operators
{
    public static Value Add(this GraphBuilder graph, string path, Value a, Value b) => graph.Node(path, "Add", [a, b]);

    public static Value Sub(this GraphBuilder graph, string path, Value a, Value b) => graph.Node(path, "Sub", [a, b]);

    public static Value Mul(this GraphBuilder graph, string path, Value a, Value b) => graph.Node(path, "Mul", [a, b]);

    public static Value MatMul(this GraphBuilder graph, string path, Value a, Value b) => graph.Node(path, "MatMul", [a, b]);

    /// <summary>`x W^T + bias` for rows `[M, in]` and PyTorch's `[out, in]` layout; <see cref="Value.None"/> for no bias.</summary>
    public static Value Gemm(this GraphBuilder graph, string path, Value rows, Value weight, Value bias) =>
        graph.Node(path, "Gemm", bias == Value.None ? [rows, weight] : [rows, weight, bias], Attribute("transB", 1));

    /// <summary>A PyTorch `Linear` with bias: `{name}.weight [out, in]`, `{name}.bias [out]`.</summary>
    public static Value Linear(this GraphBuilder graph, string path, Value rows, string name, int inputs, int outputs) =>
        graph.Gemm(path, rows, graph.Weight($"{name}.weight", outputs, inputs), graph.Weight($"{name}.bias", outputs));

    /// <summary>A PyTorch `Linear` without bias.</summary>
    public static Value LinearNoBias(this GraphBuilder graph, string path, Value rows, string name, int inputs, int outputs) =>
        graph.Gemm(path, rows, graph.Weight($"{name}.weight", outputs, inputs), Value.None);

    /// <summary>`x * sigmoid(x)` as one node instead of two.</summary>
    public static Value Silu(this GraphBuilder graph, string path, Value x) => graph.QuickGelu(path, x, 1);

    /// <summary>`x * sigmoid(alpha x)`.</summary>
    public static Value QuickGelu(this GraphBuilder graph, string path, Value x, float alpha) =>
        graph.ContribNode(path, "QuickGelu", [x], ["output"], Attribute("alpha", alpha))[0];

    /// <summary>GELU by the error function.</summary>
    public static Value Gelu(this GraphBuilder graph, string path, Value x) => graph.Node(path, "Gelu", [x]);

    public static Value LayerNorm(this GraphBuilder graph, string path, Value x, Value scale, Value shift, float epsilon) =>
        graph.Node(path, "LayerNormalization", [x, scale, shift], Attribute("axis", -1), Attribute("epsilon", epsilon));

    public static Value Concat(this GraphBuilder graph, string path, int axis, params ReadOnlySpan<Value> parts) =>
        graph.Node(path, "Concat", parts, Attribute("axis", axis));

    /// <summary>Pieces of the given sizes along an axis.</summary>
    public static Value[] Split(this GraphBuilder graph, string path, Value x, int axis, params long[] sizes) =>
        graph.Node(path, "Split", [x, graph.Integers(sizes)], [.. sizes.Select((_, piece) => $"{piece}")], Attribute("axis", axis));

    /// <summary>Elements `begin` to `end` (exclusive) along an axis.</summary>
    public static Value Slice(this GraphBuilder graph, string path, Value x, int axis, long begin, long end) =>
        graph.Node(path, "Slice", [x, graph.Integers(begin), graph.Integers(end), graph.Integers(axis)]);

    public static Value Reshape(this GraphBuilder graph, string path, Value x, params long[] shape) =>
        graph.Node(path, "Reshape", [x, graph.Integers(shape)]);

    public static Value Transpose(this GraphBuilder graph, string path, Value x, params long[] permutation) =>
        graph.Node(path, "Transpose", [x], Attribute("perm", permutation));

    public static Value Cast(this GraphBuilder graph, string path, Value x, TensorProto.Types.DataType to) =>
        graph.Node(path, "Cast", [x], Attribute("to", (long)to));

    /// <summary>As fp32, in which graphs hand over what they computed.</summary>
    public static Value Widen(this GraphBuilder graph, string path, Value x) =>
        graph.Dtype == TensorDtype.F32 ? x : graph.Cast($"{path}/widen", x, TensorProto.Types.DataType.Float);

    /// <summary>From integers or fp32 to the type that the graph computes in.</summary>
    public static Value Narrow(this GraphBuilder graph, string path, Value x) => graph.Cast($"{path}/narrow", x, ElementTypes.ToOnnx(graph.Dtype));

    /// <summary>What comes in as fp32, as the type that the graph computes in.</summary>
    public static Value FromSingle(this GraphBuilder graph, string path, Value x) => graph.Dtype == TensorDtype.F32 ? x : graph.Narrow(path, x);

    /// <summary>Rows of a table `[V, D]` by index.</summary>
    public static Value Gather(this GraphBuilder graph, string path, Value table, Value indices) =>
        graph.Node(path, "Gather", [table, indices], Attribute("axis", 0));

    /// <summary>Mean over one axis, which stays as 1.</summary>
    public static Value ReduceMean(this GraphBuilder graph, string path, Value x, int axis) =>
        graph.Node(path, "ReduceMean", [x, graph.Integers(axis)], Attribute("keepdims", 1));

    /// <summary>Index of the largest element along the last axis, which goes; the first of several equals.</summary>
    public static Value ArgMax(this GraphBuilder graph, string path, Value x) =>
        graph.Node(path, "ArgMax", [x], Attribute("axis", -1), Attribute("keepdims", 0L));

    /// <summary>fp32 numbers held to plus and minus a range.</summary>
    public static Value Clip(this GraphBuilder graph, string path, Value x, float range) =>
        graph.Node(path, "Clip", [x, graph.SingleScalar(-range), graph.SingleScalar(range)]);
}
