using DiVLA.Control.ModelBuilder.Checkpoints.Published;
using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.Policy.Bundle;
using static DiVLA.Control.ModelBuilder.Onnx.Attributes;

namespace DiVLA.Control.ModelBuilder.Graphs.Unet;

/// <summary>The U-Net's layers along the trajectory, on `[1, channels, length]`.</summary>
internal sealed class UnetConvolutions(GraphBuilder graph, UnetHeadConfig config)
{
    private const float NormEpsilon = 1e-5f;

    private readonly Dictionary<string, Film> _affine = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Value> _single = new(StringComparer.Ordinal);

    /// <summary>Convolution, GroupNorm, Mish: a `Conv1dBlock`.</summary>
    public Value Block(string path, Value x, string name, int from, int to, int length, int groups)
    {
        var convolved = Same(path, x, $"{name}.block.0", from, to, config.Kernel);
        return Mish.Build(graph, path, GroupNorm(path, convolved, $"{name}.block.1", to, length, groups));
    }

    /// <summary>A convolution that keeps the length.</summary>
    public Value Same(string path, Value x, string name, int from, int to, int kernel) =>
        Convolution(path, "Conv", x, name, [to, from, kernel], to, stride: 1, padding: kernel / 2);

    /// <summary>Halves the length.</summary>
    public Value Downsample(string path, Value x, string name, int channels) =>
        Convolution(path, "Conv", x, $"{name}.conv", [channels, channels, 3], channels, stride: 2, padding: 1);

    /// <summary>Doubles the length.</summary>
    public Value Upsample(string path, Value x, string name, int channels)
    {
        if (graph.Dtype != TensorDtype.BF16)
            return Convolution(path, "ConvTranspose", x, $"{name}.conv", [channels, channels, 4], channels, stride: 2, padding: 1);
        // ONNX Runtime has no bf16 kernel for this one operator.
        var (weight, bias) = (Single($"{name}.conv.weight", channels, channels, 4), Single($"{name}.conv.bias", channels));
        return graph.Narrow(path, Convolution(path, "ConvTranspose", graph.Widen(path, x), weight, bias, kernel: 4, stride: 2, padding: 1));
    }

    private Value Convolution(string path, string op, Value x, string name, long[] weight, int outputs, int stride, int padding) =>
        Convolution(path, op, x, graph.Weight($"{name}.weight", weight), graph.Weight($"{name}.bias", outputs), weight[2], stride, padding);

    private Value Convolution(string path, string op, Value x, Value weight, Value bias, long kernel, int stride, int padding) => graph.Node(
        path,
        op,
        [x, weight, bias],
        Attribute("kernel_shape", [kernel]),
        Attribute("strides", [stride]),
        Attribute("pads", padding, padding));

    // Each group is one row of a LayerNorm without weights; the weights, one a channel, follow.
    private Value GroupNorm(string path, Value x, string name, int channels, int length, int groups)
    {
        var size = channels / groups * length;
        var ones = graph.Constant($"/constants/ones.{size}", [.. Enumerable.Repeat(1f, size)], size);
        var rows = graph.Reshape($"{path}/norm/groups", x, groups, size);
        var normed = graph.Node($"{path}/norm", "LayerNormalization", [rows, ones], Attribute("axis", -1), Attribute("epsilon", NormEpsilon));
        var affine = Affine(name, channels);
        return Films.Apply(graph, $"{path}/norm", graph.Reshape($"{path}/norm/channels", normed, 1, channels, length), affine);
    }

    // Widened outside the steps: ONNX Runtime folds it when it loads the graph.
    private Value Single(string name, params long[] shape) =>
        _single.TryGetValue(name, out var known) ? known : _single[name] = graph.Widen($"/single/{name}", graph.Weight(name, shape));

    // Reshaped outside the steps: ONNX Runtime folds it when it loads the graph.
    private Film Affine(string name, int channels)
    {
        if (_affine.TryGetValue(name, out var known)) return known;
        Value Column(string weight) => graph.Reshape($"/columns/{name}.{weight}", graph.Weight($"{name}.{weight}", channels), channels, 1);
        return _affine[name] = new Film(Column("weight"), Column("bias"));
    }
}
