using DiVLA.Control.ModelBuilder.Onnx;
using static DiVLA.Control.ModelBuilder.Onnx.Attributes;

namespace DiVLA.Control.TestSupport.Plain;

/// <summary>What the fused operators replace, in operators of ONNX alone, as the original code writes it.</summary>
internal static class PlainOperators
{
    /// <summary>`x / sqrt(mean(x^2) + eps) * weight`.</summary>
    public static Value PlainRmsNorm(this GraphBuilder graph, string path, Value x, Value weight, double epsilon)
    {
        var mean = graph.ReduceMean(path, graph.Mul($"{path}/square", x, x), -1);
        var root = graph.Node(path, "Sqrt", [graph.Add($"{path}/eps", mean, graph.Scalar((float)epsilon))]);
        return graph.Mul($"{path}/scale", graph.Node(path, "Div", [x, root]), weight);
    }

    /// <summary>`x * sigmoid(alpha x)`.</summary>
    public static Value PlainGate(this GraphBuilder graph, string path, Value x, float alpha) =>
        graph.Mul(path, x, graph.Node(path, "Sigmoid", [graph.Mul($"{path}/alpha", x, graph.Scalar(alpha))]));

    /// <summary>Rows `[T, heads * dim]` to `[heads, T, dim]`.</summary>
    public static Value Heads(this GraphBuilder graph, string path, Value rows, int tokens, int heads, int dim) =>
        graph.Transpose($"{path}/heads", graph.Reshape($"{path}/heads", rows, tokens, heads, dim), 1, 0, 2);

    /// <summary>`x cos + rotate_half(x) sin` for heads `[heads, T, dim]`, angles `[T][dim / 2]`.</summary>
    public static Value PlainRotate(this GraphBuilder graph, string path, Value heads, double[][] angles)
    {
        var dim = 2 * angles[0].Length;
        float[] Table(Func<double, double> function) =>
            [.. angles.SelectMany(row => row.Concat(row)).Select(angle => (float)function(angle))];
        var cos = graph.Constant($"{path}/cos", Table(Math.Cos), angles.Length, dim);
        var sin = graph.Constant($"{path}/sin", Table(Math.Sin), angles.Length, dim);
        var halves = graph.Split($"{path}/halves", heads, 2, dim / 2, dim / 2);
        var turned = graph.Concat($"{path}/turned", 2, graph.Node($"{path}/negative", "Neg", [halves[1]]), halves[0]);
        return graph.Add(path, graph.Mul($"{path}/with_cos", heads, cos), graph.Mul($"{path}/with_sin", turned, sin));
    }

    /// <summary>`softmax(q k^T / sqrt(dim) + mask) v` over heads `[heads, T, dim]`, back to rows `[T, heads * dim]`.</summary>
    public static Value PlainAttention(this GraphBuilder graph, string path, Value queries, Value keys, Value values, Value mask, int tokens, int heads, int dim)
    {
        var products = graph.MatMul($"{path}/products", queries, graph.Transpose($"{path}/keys_transposed", keys, 0, 2, 1));
        var scaled = graph.Mul($"{path}/scaled", products, graph.Scalar((float)(1 / Math.Sqrt(dim))));
        var masked = mask == Value.None ? scaled : graph.Add($"{path}/masked", scaled, mask);
        var weights = graph.Node(path, "Softmax", [masked], Attribute("axis", -1));
        var output = graph.MatMul($"{path}/output", weights, values);
        return graph.Reshape($"{path}/rows", graph.Transpose($"{path}/rows", output, 1, 0, 2), tokens, heads * dim);
    }
}
