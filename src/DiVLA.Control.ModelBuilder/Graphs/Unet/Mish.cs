using DiVLA.Control.ModelBuilder.Onnx;

namespace DiVLA.Control.ModelBuilder.Graphs.Unet;

/// <summary>`x * tanh(softplus(x))` in operators that have kernels of their own; ONNX Runtime expands `Mish` into the same.</summary>
internal static class Mish
{
    public static Value Build(GraphBuilder graph, string path, Value x) =>
        graph.Mul($"{path}/mish", x, graph.Node($"{path}/mish", "Tanh", [graph.Node($"{path}/mish", "Softplus", [x])]));
}
