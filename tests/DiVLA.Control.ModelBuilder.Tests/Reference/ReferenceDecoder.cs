namespace DiVLA.Control.ModelBuilder.Tests.Reference;

/// <summary>The Qwen2 decoder over a whole sequence, position by position and head by head.</summary>
internal sealed class ReferenceDecoder(ModelConfig config, ReferenceWeights weights)
{
    /// <summary>Rotated keys by layer, position and feature (heads side by side).</summary>
    public List<double[][]> Keys { get; } = [];

    /// <summary>Values by layer, position and feature.</summary>
    public List<double[][]> Values { get; } = [];

    /// <summary>Hidden states after the final norm.</summary>
    public double[][] Run(double[][] rows)
    {
        for (var layer = 0; layer < config.NumHiddenLayers; layer++)
        {
            var name = $"model.layers.{layer}";
            var normed = Array.ConvertAll(rows, row => Norm($"{name}.input_layernorm", row));
            rows = [.. rows.Zip(Attention($"{name}.self_attn", normed), Rows.Add)];
            rows = Array.ConvertAll(rows, row => Rows.Add(row, Mlp($"{name}.mlp", Norm($"{name}.post_attention_layernorm", row))));
        }
        return Array.ConvertAll(rows, row => Norm("model.norm", row));
    }

    /// <summary>Greedy token after a hidden state.</summary>
    public int NextToken(double[] hidden) =>
        Rows.ArgMax(Rows.Linear(hidden, weights[config.TieWordEmbeddings ? "model.embed_tokens.weight" : "lm_head.weight"]));

    private double[] Norm(string name, double[] row) => Rows.RmsNorm(row, weights[$"{name}.weight"], config.RmsNormEps);

    private double[] Mlp(string name, double[] row)
    {
        var gate = Rows.Silu(weights.Linear($"{name}.gate_proj", row));
        return weights.Linear($"{name}.down_proj", Rows.Multiply(gate, weights.Linear($"{name}.up_proj", row)));
    }

    private double[][] Attention(string name, double[][] rows)
    {
        var queries = rows.Select((row, position) => Rotate(weights.Linear($"{name}.q_proj", row), position)).ToArray();
        var keys = rows.Select((row, position) => Rotate(weights.Linear($"{name}.k_proj", row), position)).ToArray();
        var values = Array.ConvertAll(rows, row => weights.Linear($"{name}.v_proj", row));
        Keys.Add(keys);
        Values.Add(values);
        return [.. queries.Select((query, position) => weights.Linear($"{name}.o_proj", Attend(query, keys[..(position + 1)], values)))];
    }

    private double[] Attend(double[] query, double[][] keys, double[][] values)
    {
        var (size, group) = (config.HeadDim, config.NumAttentionHeads / config.NumKeyValueHeads);
        var output = new double[query.Length];
        for (var head = 0; head < config.NumAttentionHeads; head++)
        {
            var (q, kv) = (head * size, head / group * size);
            var scores = Array.ConvertAll(keys, key => Enumerable.Range(0, size).Sum(i => query[q + i] * key[kv + i]) / Math.Sqrt(size));
            var shares = Rows.Softmax(scores);
            for (var i = 0; i < size; i++) output[q + i] = shares.Select((share, position) => share * values[position][kv + i]).Sum();
        }
        return output;
    }

    // Rotate-half: feature i of a head pairs with feature i + head_dim / 2.
    private double[] Rotate(double[] row, int position)
    {
        var (size, half) = (config.HeadDim, config.HeadDim / 2);
        var rotated = new double[row.Length];
        for (var head = 0; head < row.Length; head += size)
            for (var i = 0; i < half; i++)
            {
                var (sine, cosine) = Math.SinCos(position / Math.Pow(config.RopeTheta, 2.0 * i / size));
                rotated[head + i] = row[head + i] * cosine - row[head + half + i] * sine;
                rotated[head + half + i] = row[head + half + i] * cosine + row[head + i] * sine;
            }
        return rotated;
    }
}
