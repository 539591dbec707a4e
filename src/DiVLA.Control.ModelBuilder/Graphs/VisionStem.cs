using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.ModelBuilder.Onnx.Schema;
using static DiVLA.Control.ModelBuilder.Onnx.Attributes;

namespace DiVLA.Control.ModelBuilder.Graphs;

/// <summary>Frames to vision tokens: strided convolutions, the same weights for every camera.</summary>
/// <remarks>
/// <code>
///  frames uint8 [1, C, h, w, 3] ─► NCHW ─► x / 127.5 - 1 ─► 3 x (conv k3 s2 p1 ─► relu) ─► conv k2 s2 ─► cells [C, 16, D]
///                                                                               ─► LayerNorm ─► + position ─► [C * 16, D]
/// </code>
/// The transpose comes before the cast: it moves a quarter of the bytes there.
/// </remarks>
internal static class VisionStem
{
    private const float NormEpsilon = 1e-5f;

    public static Value Build(GraphBuilder graph, ModelConfig config, Value frames)
    {
        var channels = 3;
        var x = Normalize(graph, config, frames);
        for (var i = 0; i < config.Vision.StemChannels.Length; i++)
        {
            var (from, to) = (channels, config.Vision.StemChannels[i]);
            x = graph.Node($"/vision/stem.{i}", "Relu", [Convolution(graph, $"/vision/stem.{i}", x, $"vision.stem.{i}", from, to, kernel: 3, padding: 1)]);
            channels = to;
        }
        var cells = Convolution(graph, "/vision/merge", x, "vision.merge", channels, config.HiddenSize, kernel: 2, padding: 0);
        return Tokens(graph, config, cells);
    }

    private static Value Normalize(GraphBuilder graph, ModelConfig config, Value frames)
    {
        var camera = config.Cameras[0];
        var nhwc = graph.Reshape("/vision/frames", frames, config.Cameras.Length, camera.Height, camera.Width, 3);
        var nchw = graph.Transpose("/vision/nchw", nhwc, 0, 3, 1, 2);
        var floats = graph.Cast("/vision/nchw", nchw, TensorProto.Types.DataType.Float);
        var scaled = graph.Mul("/vision/scale", floats, graph.Scalar(1 / 127.5f));
        return graph.Sub("/vision/scale", scaled, graph.Scalar(1));
    }

    private static Value Convolution(GraphBuilder graph, string path, Value x, string name, int from, int to, int kernel, int padding) =>
        graph.Node(
            path,
            "Conv",
            [x, graph.Weight($"{name}.weight", to, from, kernel, kernel), graph.Weight($"{name}.bias", to)],
            Attribute("kernel_shape", kernel, kernel),
            Attribute("strides", 2, 2),
            Attribute("pads", padding, padding, padding, padding));

    private static Value Tokens(GraphBuilder graph, ModelConfig config, Value cells)
    {
        var (cameras, tokens, width) = (config.Cameras.Length, config.Vision.TokensPerCamera, config.HiddenSize);
        var columns = graph.Reshape("/vision/cells", cells, cameras, width, tokens);
        var rows = graph.Transpose("/vision/cells", columns, 0, 2, 1);
        var normed = graph.LayerNorm("/vision/norm", rows, graph.Weight("vision.norm.weight", width), graph.Weight("vision.norm.bias", width), NormEpsilon);
        var placed = graph.Add("/vision/position", normed, graph.Weight("vision.position", cameras, tokens, width));
        return graph.Reshape("/vision/tokens", placed, cameras * tokens, width);
    }
}
