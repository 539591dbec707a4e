using DiVLA.Control.ModelBuilder.Onnx;

namespace DiVLA.Control.ModelBuilder.Graphs;

/// <summary>Cosines and sines of the rotary positions, `[positions, head_dim / 2]` each: angle = position / theta^(2 i / head_dim).</summary>
internal readonly record struct RotaryTables(Value Cos, Value Sin)
{
    public static RotaryTables AddTo(GraphBuilder graph, ModelConfig config)
    {
        var half = config.HeadDim / 2;
        var cos = new float[config.CacheLength * half];
        var sin = new float[cos.Length];
        for (var i = 0; i < cos.Length; i++)
        {
            var (position, pair) = Math.DivRem(i, half);
            var (s, c) = Math.SinCos(position * Math.Pow(config.RopeTheta, -2.0 * pair / config.HeadDim));
            (sin[i], cos[i]) = ((float)s, (float)c);
        }
        return new RotaryTables(
            graph.Constant("/rotary/cos", cos, config.CacheLength, half),
            graph.Constant("/rotary/sin", sin, config.CacheLength, half));
    }
}
