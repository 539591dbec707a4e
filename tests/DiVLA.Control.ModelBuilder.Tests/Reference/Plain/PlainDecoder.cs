using DiVLA.Control.ModelBuilder.Graphs;
using DiVLA.Control.ModelBuilder.Onnx;
using static DiVLA.Control.ModelBuilder.Onnx.Attributes;

namespace DiVLA.Control.ModelBuilder.Tests.Reference.Plain;

/// <summary>The Qwen2 decoder as the original writes it: three projections, multimodal rotation by position ids, repeated heads, a causal mask.</summary>
internal sealed class PlainDecoder(GraphBuilder graph, DecoderShape shape, IReadOnlyList<GridPosition> positions, int[] sections, double theta)
{
    /// <summary>Final hidden states `[N, D]`.</summary>
    public Value Run(Value rows)
    {
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            var (path, name) = ($"/layers.{layer}", $"model.layers.{layer}");
            rows = graph.Add($"{path}/attn/sum", rows, Attention($"{path}/attn", $"{name}.self_attn", Norm($"{path}/input_norm", $"{name}.input_layernorm", rows)));
            rows = graph.Add($"{path}/mlp/sum", rows, Mlp($"{path}/mlp", $"{name}.mlp", Norm($"{path}/post_norm", $"{name}.post_attention_layernorm", rows)));
        }
        return Norm("/norm", "model.norm", rows);
    }

    private int Tokens => shape.CacheLength;

    private Value Norm(string path, string name, Value rows) =>
        graph.PlainRmsNorm(path, rows, graph.Weight($"{name}.weight", shape.HiddenSize), shape.RmsNormEps);

    private Value Attention(string path, string name, Value rows)
    {
        var queries = Rotate($"{path}/q_rotary", graph.Linear($"{path}/q", rows, $"{name}.q_proj", shape.HiddenSize, shape.QueryWidth), shape.Heads);
        var keys = Rotate($"{path}/k_rotary", graph.Linear($"{path}/k", rows, $"{name}.k_proj", shape.HiddenSize, shape.KeyWidth), shape.KeyValueHeads);
        var values = graph.Linear($"{path}/v", rows, $"{name}.v_proj", shape.HiddenSize, shape.KeyWidth);
        var attended = graph.PlainAttention(
            path,
            graph.Heads($"{path}/q", queries, Tokens, shape.Heads, shape.HeadDim),
            Repeat($"{path}/k", keys),
            Repeat($"{path}/v", values),
            CausalMask,
            Tokens, shape.Heads, shape.HeadDim);
        return graph.LinearNoBias($"{path}/o_proj", attended, $"{name}.o_proj", shape.QueryWidth, shape.HiddenSize);
    }

    // The operator that turns by position ids of three axes, over a table of plain positions.
    private Value Rotate(string path, Value rows, int heads)
    {
        // No position is further than its place; the operator wants a row a place in any case.
        var tables = RotaryTables.AddTo(graph, "/mrotary", RotaryAngles.Sequential(Tokens, shape.HeadDim, theta));
        long[] ids = [.. positions.Select(p => (long)p.Time), .. positions.Select(p => (long)p.Row), .. positions.Select(p => (long)p.Column)];
        var turned = graph.ContribNode(
            path,
            "MRotaryEmbedding",
            [graph.Reshape($"{path}/3d", rows, 1, Tokens, heads * shape.HeadDim), graph.Constant("/mrotary/ids", ids, 3, 1, Tokens), tables.Cos, tables.Sin],
            ["output"],
            Attribute("mrope_section", [.. sections.Select(section => (long)section)]),
            Attribute("num_heads", heads))[0];
        return graph.Reshape($"{path}/2d", turned, Tokens, heads * shape.HeadDim);
    }

    // Each head of keys or values stands for as many heads of queries as there are to one.
    private Value Repeat(string path, Value rows)
    {
        var repeats = shape.Heads / shape.KeyValueHeads;
        var heads = graph.Heads($"{path}/repeated", rows, Tokens, shape.KeyValueHeads, shape.HeadDim);
        return graph.Gather($"{path}/repeat", heads, graph.Integers([.. Enumerable.Range(0, shape.Heads).Select(head => (long)(head / repeats))]));
    }

    private Value CausalMask
    {
        get
        {
            var mask = new float[Tokens * Tokens];
            for (var i = 0; i < mask.Length; i++) mask[i] = i % Tokens > i / Tokens ? -1e9f : 0;
            return graph.Constant("/attention/mask", mask, Tokens, Tokens);
        }
    }

    private Value Mlp(string path, string name, Value rows)
    {
        var gate = graph.PlainGate($"{path}/gate", graph.LinearNoBias($"{path}/gate", rows, $"{name}.gate_proj", shape.HiddenSize, shape.IntermediateSize), 1);
        var up = graph.LinearNoBias($"{path}/up", rows, $"{name}.up_proj", shape.HiddenSize, shape.IntermediateSize);
        return graph.LinearNoBias($"{path}/down", graph.Mul($"{path}/gated", gate, up), $"{name}.down_proj", shape.IntermediateSize, shape.HiddenSize);
    }
}
