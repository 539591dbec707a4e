using DiVLA.Control.ModelBuilder.Graphs;
using DiVLA.Control.ModelBuilder.Onnx;
using static DiVLA.Control.ModelBuilder.Onnx.Attributes;

namespace DiVLA.Control.TestSupport.Plain;

/// <summary>The Qwen2 decoder as the original writes it: three projections, multimodal rotation by position ids, repeated heads, a causal mask. Each rewrite can be had alone.</summary>
internal sealed class PlainDecoder(
    GraphBuilder graph, DecoderShape shape, IReadOnlyList<GridPosition> positions, int[] sections, double theta, DecoderRewrites rewrites = DecoderRewrites.None)
{
    private Value _stream;
    private Residual? _residual;

    /// <summary>Final hidden states `[N, D]`.</summary>
    public Value Run(Value rows)
    {
        _stream = rows;
        _residual = Has(DecoderRewrites.FusedNorms) ? new Residual(graph, rows, (float)shape.RmsNormEps) : null;
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            var (path, name) = ($"/layers.{layer}", $"model.layers.{layer}");
            Add($"{path}/attn/sum", Attention($"{path}/attn", $"{name}.self_attn", Norm($"{path}/input_norm", $"{name}.input_layernorm")));
            Add($"{path}/mlp/sum", Mlp($"{path}/mlp", $"{name}.mlp", Norm($"{path}/post_norm", $"{name}.post_attention_layernorm")));
        }
        return Norm("/norm", "model.norm");
    }

    /// <summary>Position ids of three axes and plain tables, as MRotaryEmbedding takes them.</summary>
    private (Value Ids, RotaryTables Tables) MultimodalPositions
    {
        get
        {
            // No position is further than its place; the operator wants a row a place in any case.
            var tables = RotaryTables.AddTo(graph, "/mrotary", RotaryAngles.Sequential(Tokens, shape.HeadDim, theta));
            long[] ids = [.. positions.Select(p => (long)p.Time), .. positions.Select(p => (long)p.Row), .. positions.Select(p => (long)p.Column)];
            return (graph.Constant("/mrotary/ids", ids, 3, 1, Tokens), tables);
        }
    }

    private RotaryTables PlaceTables => RotaryTables.AddTo(graph, "/rotary", RotaryAngles.Sectioned(positions, sections, shape.HeadDim, theta));

    private int Tokens => shape.CacheLength;

    private bool Has(DecoderRewrites rewrite) => rewrites.HasFlag(rewrite);

    private void Add(string path, Value rows)
    {
        if (_residual is null) _stream = graph.Add(path, _stream, rows);
        else _residual.Add(rows);
    }

    private Value Norm(string path, string name)
    {
        var weight = graph.Weight($"{name}.weight", shape.HiddenSize);
        return _residual is null ? graph.PlainRmsNorm(path, _stream, weight, shape.RmsNormEps) : _residual.Norm(path, weight);
    }

    private Value Attention(string path, string name, Value rows)
    {
        var (queries, keys, values) = Projections(path, name, rows);
        if (!(Has(DecoderRewrites.FusedAttention) && Has(DecoderRewrites.TableRotation)))
            (queries, keys) = (Rotate($"{path}/q_rotary", queries, shape.Heads), Rotate($"{path}/k_rotary", keys, shape.KeyValueHeads));
        var attended = Has(DecoderRewrites.FusedAttention) ? Fused(path, queries, keys, values) : Unfused(path, queries, keys, values);
        return graph.LinearNoBias($"{path}/o_proj", attended, $"{name}.o_proj", shape.QueryWidth, shape.HiddenSize);
    }

    private (Value Queries, Value Keys, Value Values) Projections(string path, string name, Value rows)
    {
        (string Name, int Width)[] parts = [($"{name}.q_proj", shape.QueryWidth), ($"{name}.k_proj", shape.KeyWidth), ($"{name}.v_proj", shape.KeyWidth)];
        if (!Has(DecoderRewrites.PackedProjection))
        {
            var separate = parts.Select((part, i) => graph.Linear($"{path}/{i}", rows, part.Name, shape.HiddenSize, part.Width)).ToArray();
            return (separate[0], separate[1], separate[2]);
        }
        var weight = graph.PackedWeight($"{path}/qkv/weight", Array.ConvertAll(parts, part => ($"{part.Name}.weight", new long[] { part.Width, shape.HiddenSize })));
        var bias = graph.PackedWeight($"{path}/qkv/bias", Array.ConvertAll(parts, part => ($"{part.Name}.bias", new long[] { part.Width })));
        var split = graph.Split($"{path}/qkv", graph.Gemm($"{path}/qkv", rows, weight, bias), 1, shape.QueryWidth, shape.KeyWidth, shape.KeyWidth);
        return (split[0], split[1], split[2]);
    }

    private Value Fused(string path, Value queries, Value keys, Value values)
    {
        Value Rows(string part, Value rows, int width) => graph.Reshape($"{path}/{part}_3d", rows, 1, Tokens, width);
        var isRotatedInside = Has(DecoderRewrites.TableRotation);
        var span = AttentionSpan.Whole(graph, Tokens);
        Value[] tables = isRotatedInside ? [PlaceTables.Cos, PlaceTables.Sin] : [];
        var output = graph.ContribNode(
            path,
            "GroupQueryAttention",
            [
                Rows("q", queries, shape.QueryWidth), Rows("k", keys, shape.KeyWidth), Rows("v", values, shape.KeyWidth),
                Value.None, Value.None, span.LastPosition, span.TotalLength, .. tables,
            ],
            ["output", "keys", "values"],
            Attribute("num_heads", shape.Heads),
            Attribute("kv_num_heads", shape.KeyValueHeads),
            Attribute("do_rotary", isRotatedInside ? 1L : 0L),
            Attribute("scale", (float)(1 / Math.Sqrt(shape.HeadDim))))[0];
        return graph.Reshape($"{path}/heads_2d", output, Tokens, shape.QueryWidth);
    }

    private Value Unfused(string path, Value queries, Value keys, Value values) => graph.PlainAttention(
        path,
        graph.Heads($"{path}/q", queries, Tokens, shape.Heads, shape.HeadDim),
        Repeat($"{path}/k", keys),
        Repeat($"{path}/v", values),
        CausalMask,
        Tokens, shape.Heads, shape.HeadDim);

    // By the operator that turns by position ids of three axes, or by a table of each place's own angles.
    private Value Rotate(string path, Value rows, int heads)
    {
        var batch = graph.Reshape($"{path}/3d", rows, 1, Tokens, heads * shape.HeadDim);
        var turned = Has(DecoderRewrites.TableRotation) ? graph.Rotate(path, batch, graph.Integers(0), PlaceTables) : RotateByIds(path, batch, heads);
        return graph.Reshape($"{path}/2d", turned, Tokens, heads * shape.HeadDim);
    }

    private Value RotateByIds(string path, Value batch, int heads)
    {
        var (ids, tables) = MultimodalPositions;
        return graph.ContribNode(
            path,
            "MRotaryEmbedding",
            [batch, ids, tables.Cos, tables.Sin],
            ["output"],
            Attribute("mrope_section", [.. sections.Select(section => (long)section)]),
            Attribute("num_heads", heads))[0];
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
        var projected = graph.LinearNoBias($"{path}/gate", rows, $"{name}.gate_proj", shape.HiddenSize, shape.IntermediateSize);
        var gate = Has(DecoderRewrites.FusedGate) ? graph.Silu($"{path}/gate", projected) : graph.PlainGate($"{path}/gate", projected, 1);
        var up = graph.LinearNoBias($"{path}/up", rows, $"{name}.up_proj", shape.HiddenSize, shape.IntermediateSize);
        return graph.LinearNoBias($"{path}/down", graph.Mul($"{path}/gated", gate, up), $"{name}.down_proj", shape.IntermediateSize, shape.HiddenSize);
    }
}
