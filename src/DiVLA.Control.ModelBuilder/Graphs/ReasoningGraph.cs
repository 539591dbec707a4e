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
    /// <summary>Adds the whole stage to an empty graph.</summary>
    public static void Build(GraphBuilder graph, ModelConfig config)
    {
        var token = graph.Input("token", TensorDtype.I64, 1, 1);
        var position = graph.Input("position", TensorDtype.I64, 1);
        var decoder = new Qwen2Decoder(graph, config, Span(graph, config, position));
        var hidden = decoder.Run(Qwen2Decoder.Embed(graph, config, "/embed", graph.Reshape("/embed", token, 1)));
        var next = graph.Reshape("/lm_head/token", decoder.GreedyTokens("/lm_head", hidden), 1, 1);

        graph.Output(hidden, "hidden", TensorDtype.F32, 1, config.HiddenSize);
        graph.Output(next, "next_token", TensorDtype.I64, 1, 1);
        for (var layer = 0; layer < config.NumHiddenLayers; layer++)
        {
            graph.Output(decoder.Present[layer].Keys, $"present_keys.{layer}", TensorDtype.F32, CacheShape(config));
            graph.Output(decoder.Present[layer].Values, $"present_values.{layer}", TensorDtype.F32, CacheShape(config));
        }
    }

    // The tokens before this one number `position`, so it is both the last position and one less than the length attended to.
    private static AttentionSpan Span(GraphBuilder graph, ModelConfig config, Value position)
    {
        var cache = new KeyValue[config.NumHiddenLayers];
        for (var layer = 0; layer < cache.Length; layer++)
            cache[layer] = new KeyValue(
                graph.Input($"past_keys.{layer}", TensorDtype.F32, CacheShape(config)),
                graph.Input($"past_values.{layer}", TensorDtype.F32, CacheShape(config)));
        var last = graph.Cast("/attention/last_position", position, TensorProto.Types.DataType.Int32);
        var length = graph.Add("/attention/total_length", last, graph.Constant("/constants/one_int32", [1], 1));
        return new AttentionSpan(1, last, graph.Reshape("/attention/total_length", length), cache);
    }

    private static long[] CacheShape(ModelConfig config) => [1, config.NumKeyValueHeads, config.CacheLength, config.HeadDim];
}
