using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.ModelBuilder.Onnx.Schema;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Graphs;

/// <summary>`reasoning.onnx`: one token of the phrase a run, over the cache that Backbone left.</summary>
/// <remarks>
/// <code>
///  token ─► embed ─► Qwen2 decoder ─► hidden ─► lm_head ─► argmax ─► next_token
///  position ───────────┤    └─► present_keys.i, present_values.i
///  past_keys.i, past_values.i ┘
/// </code>
/// Past and present have the same fixed length: bound to one buffer, a run writes its own position and copies nothing.
/// </remarks>
internal static class ReasoningGraph
{
    /// <summary>Adds the whole stage of the default architecture to an empty graph.</summary>
    public static void Build(GraphBuilder graph, ModelConfig config) =>
        Build(graph, DecoderShape.Of(config), RotaryAngles.Sequential(config.CacheLength, config.HeadDim, config.RopeTheta));

    /// <summary>Adds the whole stage to an empty graph; the angles are those of each position of the cache, `[N][head_dim / 2]`.</summary>
    public static void Build(GraphBuilder graph, DecoderShape shape, double[][] angles)
    {
        var token = graph.Input("token", TensorDtype.I64, 1, 1);
        var position = graph.Input("position", TensorDtype.I64, 1);
        var decoder = new Qwen2Decoder(graph, shape, Span(graph, shape, position), RotaryTables.AddTo(graph, "/rotary", angles));
        var hidden = decoder.Run(Qwen2Decoder.Embed(graph, shape, "/embed", graph.Reshape("/embed", token, 1)));
        var next = graph.Reshape("/lm_head/token", decoder.GreedyTokens("/lm_head", hidden), 1, 1);

        graph.Output(graph.Widen("/hidden", hidden), "hidden", TensorDtype.F32, 1, shape.HiddenSize);
        graph.Output(next, "next_token", TensorDtype.I64, 1, 1);
        decoder.OutputCache("present_");
    }

    // The tokens before this one number `position`, so it is both the last position and one less than the length attended to. That length must be on the
    // host even where all else runs on a GPU: the cache's own, which never changes, spares a copy a step and lets the kernels be recorded.
    private static AttentionSpan Span(GraphBuilder graph, DecoderShape shape, Value position)
    {
        var cache = new KeyValue[shape.Layers];
        for (var layer = 0; layer < cache.Length; layer++)
            cache[layer] = new KeyValue(
                graph.Input($"past_keys.{layer}", graph.Dtype, shape.CacheShape),
                graph.Input($"past_values.{layer}", graph.Dtype, shape.CacheShape));
        var last = graph.Cast("/attention/last_position", position, TensorProto.Types.DataType.Int32);
        return new AttentionSpan(1, position, last, graph.Constant("/attention/total_length", [shape.CacheLength]), cache);
    }
}
