using DiVLA.Control.ModelBuilder.Onnx;
using static DiVLA.Control.ModelBuilder.Onnx.Attributes;

namespace DiVLA.Control.ModelBuilder.Graphs;

/// <summary>The Qwen2 decoder that Backbone runs over all positions at once and Reasoning over one position a step.</summary>
internal sealed class Qwen2Decoder
{
    private readonly GraphBuilder _graph;
    private readonly ModelConfig _config;
    private readonly AttentionSpan _span;
    private readonly RotaryTables _rotary;
    private readonly List<KeyValue> _present = [];

    public Qwen2Decoder(GraphBuilder graph, ModelConfig config, AttentionSpan span)
    {
        _graph = graph;
        _config = config;
        _span = span;
        _rotary = RotaryTables.AddTo(graph, config);
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
        var residual = new Residual(_graph, rows, (float)_config.RmsNormEps);
        for (var layer = 0; layer < _config.NumHiddenLayers; layer++)
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
        var name = _config.TieWordEmbeddings ? "model.embed_tokens.weight" : "lm_head.weight";
        var logits = _graph.Gemm(path, rows, _graph.Weight(name, _config.VocabSize, _config.HiddenSize), Value.None);
        return _graph.ArgMax(path, logits);
    }

    /// <summary>Embeddings `[T, D]` of tokens `[T]`.</summary>
    public static Value Embed(GraphBuilder graph, ModelConfig config, string path, Value tokens) =>
        graph.Gather(path, graph.Weight("model.embed_tokens.weight", config.VocabSize, config.HiddenSize), tokens);

    private Value NormWeight(string name) => _graph.Weight($"{name}.weight", _config.HiddenSize);

    // rows [T, D] ─► q|k|v ─► GroupQueryAttention (rotates q and k, appends k and v to the cache) ─► o
    private Value Attention(string path, string name, int layer, Value rows)
    {
        var packed = PackedProjection(path, name, rows);
        var past = _span.Past(layer);
        var outputs = _graph.ContribNode(
            path,
            "GroupQueryAttention",
            [
                _graph.Reshape($"{path}/qkv_3d", packed, 1, _span.Tokens, QueryWidth + 2 * KeyWidth), Value.None, Value.None,
                past.Keys, past.Values, _span.LastPosition, _span.TotalLength, _rotary.Cos, _rotary.Sin,
            ],
            ["output", "present_keys", "present_values"],
            Attribute("num_heads", _config.NumAttentionHeads),
            Attribute("kv_num_heads", _config.NumKeyValueHeads),
            Attribute("do_rotary", 1),
            Attribute("scale", (float)(1 / Math.Sqrt(_config.HeadDim))));
        _present.Add(new KeyValue(outputs[1], outputs[2]));
        var heads = _graph.Reshape($"{path}/heads_2d", outputs[0], _span.Tokens, QueryWidth);
        return _graph.LinearNoBias($"{path}/o_proj", heads, $"{name}.o_proj", QueryWidth, _config.HiddenSize);
    }

    // One product instead of three. The concatenation has constant inputs: ONNX Runtime folds it when it loads the graph, so the
    // weights stay where they are in the file, once.
    private Value PackedProjection(string path, string name, Value rows)
    {
        int[] widths = [QueryWidth, KeyWidth, KeyWidth];
        string[] parts = ["q_proj", "k_proj", "v_proj"];
        var weights = parts.Zip(widths, (part, width) => _graph.Weight($"{name}.{part}.weight", width, _config.HiddenSize)).ToArray();
        var biases = parts.Zip(widths, (part, width) => _graph.Weight($"{name}.{part}.bias", width)).ToArray();
        return _graph.Gemm(
            $"{path}/qkv_proj",
            rows,
            _graph.Concat($"{path}/qkv_proj/weight", 0, weights),
            _graph.Concat($"{path}/qkv_proj/bias", 0, biases));
    }

    // down(silu(gate x) * up x)
    private Value Mlp(string path, string name, Value rows)
    {
        var gate = _graph.LinearNoBias($"{path}/gate_proj", rows, $"{name}.gate_proj", _config.HiddenSize, _config.IntermediateSize);
        var up = _graph.LinearNoBias($"{path}/up_proj", rows, $"{name}.up_proj", _config.HiddenSize, _config.IntermediateSize);
        var gated = _graph.Mul(path, _graph.Silu($"{path}/gate_proj", gate), up);
        return _graph.LinearNoBias($"{path}/down_proj", gated, $"{name}.down_proj", _config.IntermediateSize, _config.HiddenSize);
    }

    private int QueryWidth => _config.NumAttentionHeads * _config.HeadDim;

    private int KeyWidth => _config.NumKeyValueHeads * _config.HeadDim;
}
