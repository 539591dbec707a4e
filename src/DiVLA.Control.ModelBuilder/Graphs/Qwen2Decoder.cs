using DiVLA.Control.ModelBuilder.Onnx;
using static DiVLA.Control.ModelBuilder.Onnx.Attributes;

namespace DiVLA.Control.ModelBuilder.Graphs;

/// <summary>The Qwen2 decoder that Backbone runs over all positions at once and Reasoning over one position a step.</summary>
internal sealed class Qwen2Decoder
{
    private readonly GraphBuilder _graph;
    private readonly DecoderShape _shape;
    private readonly AttentionSpan _span;
    private readonly RotaryTables _rotary;
    private readonly List<KeyValue> _present = [];

    /// <summary>The tables have a row a position of the cache.</summary>
    public Qwen2Decoder(GraphBuilder graph, DecoderShape shape, AttentionSpan span, RotaryTables rotary)
    {
        _graph = graph;
        _shape = shape;
        _span = span;
        _rotary = rotary;
    }

    /// <summary>Rotated keys and values of each layer, `[1, kv_heads, positions, head_dim]`, in layer order.</summary>
    public IReadOnlyList<KeyValue> Present => _present;

    /// <summary>Final hidden states `[T, D]`, after `model.norm`.</summary>
    /// <remarks>
    /// <code>
    ///  rows ──► RMSNorm ──► attention ──┐
    ///    └──────────────────────────────┴─► add + RMSNorm ──► mlp ──┐
    ///                                         └── sum ──────────────┴─► add + RMSNorm ──► next layer ... ──► model.norm
    /// </code>
    /// Each add and the norm behind it are one node, which also gives the sum for the next add.
    /// </remarks>
    public Value Run(Value rows)
    {
        var residual = new Residual(_graph, rows, (float)_shape.RmsNormEps);
        for (var layer = 0; layer < _shape.Layers; layer++)
        {
            var name = $"model.layers.{layer}";
            var path = $"/layers.{layer}";
            residual.Add(Attention($"{path}/attn", $"{name}.self_attn", layer, residual.Norm($"{path}/input_norm", NormWeight($"{name}.input_layernorm"))));
            residual.Add(Mlp($"{path}/mlp", $"{name}.mlp", residual.Norm($"{path}/post_attention_norm", NormWeight($"{name}.post_attention_layernorm"))));
        }
        return residual.Norm("/norm", NormWeight("model.norm"));
    }

    /// <summary>Index of the largest logit of each row, `[T]`.</summary>
    public Value GreedyTokens(string path, Value rows)
    {
        var logits = _graph.Gemm(path, rows, _graph.Weight(_shape.HeadWeight, _shape.VocabSize, _shape.HiddenSize), Value.None);
        return _graph.ArgMax(path, _graph.Widen(path, logits));
    }

    /// <summary>Declares keys and values of every layer as outputs: `{prefix}keys.i`, `{prefix}values.i`.</summary>
    public void OutputCache(string prefix)
    {
        for (var layer = 0; layer < _present.Count; layer++)
        {
            _graph.Output(_present[layer].Keys, $"{prefix}keys.{layer}", _graph.Dtype, _shape.CacheShape);
            _graph.Output(_present[layer].Values, $"{prefix}values.{layer}", _graph.Dtype, _shape.CacheShape);
        }
    }

    /// <summary>Embeddings `[T, D]` of tokens `[T]`.</summary>
    public static Value Embed(GraphBuilder graph, DecoderShape shape, string path, Value tokens) =>
        graph.Gather(path, graph.Weight(DecoderShape.EmbeddingWeight, shape.VocabSize, shape.HiddenSize), tokens);

    private Value NormWeight(string name) => _graph.Weight($"{name}.weight", _shape.HiddenSize);

    // rows [T, D] ─► q|k|v ─► GroupQueryAttention (rotates q and k, appends k and v to the cache) ─► o
    private Value Attention(string path, string name, int layer, Value rows)
    {
        var packed = _graph.Reshape($"{path}/qkv_3d", PackedProjection(path, name, rows), 1, _span.Tokens, _shape.QueryWidth + 2 * _shape.KeyWidth);
        var past = _span.Past(layer);
        Value[] qkv = IsRotatedInside ? [packed, Value.None, Value.None] : Rotated(path, packed);
        Value[] tables = IsRotatedInside ? [_rotary.Cos, _rotary.Sin] : [];
        var outputs = _graph.ContribNode(
            path,
            "GroupQueryAttention",
            [.. qkv, past.Keys, past.Values, _span.LastPosition, _span.TotalLength, .. tables],
            ["output", "present_keys", "present_values"],
            Attribute("num_heads", _shape.Heads),
            Attribute("kv_num_heads", _shape.KeyValueHeads),
            Attribute("do_rotary", IsRotatedInside ? 1L : 0L),
            Attribute("scale", (float)(1 / Math.Sqrt(_shape.HeadDim))));
        _present.Add(new KeyValue(outputs[1], outputs[2]));
        var heads = _graph.Reshape($"{path}/heads_2d", outputs[0], _span.Tokens, _shape.QueryWidth);
        return _graph.LinearNoBias($"{path}/o_proj", heads, $"{name}.o_proj", _shape.QueryWidth, _shape.HiddenSize);
    }

    // The fused attention turns heads of multiples of 16 only; every published size has them.
    private bool IsRotatedInside => _shape.HeadDim % 16 == 0;

    private Value[] Rotated(string path, Value packed)
    {
        var parts = _graph.Split($"{path}/qkv_split", packed, 2, _shape.QueryWidth, _shape.KeyWidth, _shape.KeyWidth);
        return [_graph.Rotate($"{path}/q_rotary", parts[0], _span.FirstPosition, _rotary), _graph.Rotate($"{path}/k_rotary", parts[1], _span.FirstPosition, _rotary), parts[2]];
    }

    // One product instead of three.
    private Value PackedProjection(string path, string name, Value rows)
    {
        (string Part, int Width)[] parts = [("q_proj", _shape.QueryWidth), ("k_proj", _shape.KeyWidth), ("v_proj", _shape.KeyWidth)];
        var weight = _graph.PackedWeight(
            $"{path}/qkv_proj/weight", Array.ConvertAll(parts, part => ($"{name}.{part.Part}.weight", new long[] { part.Width, _shape.HiddenSize })));
        var bias = _graph.PackedWeight(
            $"{path}/qkv_proj/bias", Array.ConvertAll(parts, part => ($"{name}.{part.Part}.bias", new long[] { part.Width })));
        return _graph.Gemm($"{path}/qkv_proj", rows, weight, bias);
    }

    // down(silu(gate x) * up x)
    private Value Mlp(string path, string name, Value rows)
    {
        var gate = _graph.LinearNoBias($"{path}/gate_proj", rows, $"{name}.gate_proj", _shape.HiddenSize, _shape.IntermediateSize);
        var up = _graph.LinearNoBias($"{path}/up_proj", rows, $"{name}.up_proj", _shape.HiddenSize, _shape.IntermediateSize);
        var gated = _graph.Mul(path, _graph.Silu($"{path}/gate_proj", gate), up);
        return _graph.LinearNoBias($"{path}/down_proj", gated, $"{name}.down_proj", _shape.IntermediateSize, _shape.HiddenSize);
    }
}
