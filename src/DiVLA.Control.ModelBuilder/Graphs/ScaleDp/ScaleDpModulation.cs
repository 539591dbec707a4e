using DiVLA.Control.ModelBuilder.Checkpoints.Published;
using DiVLA.Control.ModelBuilder.Onnx;

namespace DiVLA.Control.ModelBuilder.Graphs.ScaleDp;

/// <summary>What one block takes from the condition at one step, `[E]` each.</summary>
internal sealed record BlockModulation(Film Attention, Value AttentionGate, Film Mlp, Value MlpGate);

/// <summary>The adaptive LayerNorms of all sampling steps, before the first: one product a block with a row for each step.</summary>
/// <remarks>
/// <code>
///  published, each step and block:  adaLN_modulation.1 ( silu ( t_embedder(t_k) + c ) )         reads the weight every step
///  here, each block:                adaLN_modulation.1 ( silu ( table [steps, E] + c [1, E] ) )  reads it once
/// </code>
/// A third of the head's weights leaves the loop so.
/// </remarks>
internal sealed class ScaleDpModulation
{
    private readonly GraphBuilder _graph;
    private readonly ScaleDpHeadConfig _config;
    private readonly int _steps;
    private readonly Value _rows;

    /// <summary>Takes c, `[1, E]`.</summary>
    public ScaleDpModulation(GraphBuilder graph, ScaleDpHeadConfig config, IReadOnlyList<int> timesteps, Value condition)
    {
        (_graph, _config, _steps) = (graph, config, timesteps.Count);
        var times = graph.Constant("/condition/times", [.. timesteps.SelectMany(TimeEmbedding).Select(value => (float)value)], _steps, config.Width);
        _rows = graph.Silu("/condition/rows", graph.Add("/condition/rows", times, condition)); // [steps, E]
    }

    /// <summary>One block at every step.</summary>
    public BlockModulation[] Block(int block)
    {
        // shift, scale, gate of the attention, then of the MLP
        var steps = Pieces($"/condition/blocks.{block}", $"policy_head.blocks.{block}.adaLN_modulation.1", 6);
        return Array.ConvertAll(steps, row => new BlockModulation(new Film(row[1], row[0]), row[2], new Film(row[4], row[3]), row[5]));
    }

    /// <summary>The last norm at every step.</summary>
    public Film[] Final()
    {
        var steps = Pieces("/condition/final_layer", "policy_head.final_layer.adaLN_modulation.1", 2);
        return Array.ConvertAll(steps, row => new Film(row[1], row[0]));
    }

    // The pieces of each step, [E] each. Scales come with their 1 added: it is part of the bias.
    private Value[][] Pieces(string path, string name, int count)
    {
        var (width, size) = (_config.Width, count * _config.Width);
        var rows = _graph.Gemm(path, _rows, _graph.Weight($"{name}.weight", size, width), OnePlusScale(path, name, count));
        var flat = _graph.Reshape(path, rows, _steps * size);
        return [.. _graph.Split(path, flat, 0, [.. Enumerable.Repeat((long)width, _steps * count)]).Chunk(count)];
    }

    // Every second piece of three, and of the final two, is a scale: norm * (1 + scale) + shift.
    private Value OnePlusScale(string path, string name, int count)
    {
        var bias = _graph.Weights.Values($"{name}.bias", count * _config.Width);
        for (var i = 0; i < bias.Length; i++)
            if (i / _config.Width % 3 == 1) bias[i] += 1;
        return _graph.Constant($"{path}/bias", bias, bias.Length);
    }

    private double[] TimeEmbedding(int timestep)
    {
        const string Name = "policy_head.t_embedder.mlp";
        var hidden = DenseLayers.Linear(_graph.Weights, $"{Name}.0", PublishedSinusoids.ScaleDp(timestep, ScaleDpHeadConfig.Sinusoid), _config.Width);
        return DenseLayers.Linear(_graph.Weights, $"{Name}.2", DenseLayers.Silu(hidden), _config.Width);
    }
}
