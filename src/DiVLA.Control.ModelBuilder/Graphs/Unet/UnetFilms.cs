using DiVLA.Control.ModelBuilder.Checkpoints.Published;
using DiVLA.Control.ModelBuilder.Onnx;

namespace DiVLA.Control.ModelBuilder.Graphs.Unet;

/// <summary>FiLM of every block at every sampling step, split: a table over the time steps, and one product with the condition an inference.</summary>
/// <remarks>
/// <code>
///  published, each step:  cond_encoder.1 ( mish ( [time embedding t_k, c] ) )
///  here:                  table of W[:, :dsed] mish(t_k)  [steps, 2C]   constant
///                         + W [0, mish(c)] + bias         [1, 2C]       once
/// </code>
/// Mish acts element by element, so the two halves part exactly. The zeros in place of t_k let the product read the checkpoint's weight where it
/// lies: half of its columns would be a copy.
/// </remarks>
internal sealed class UnetFilms
{
    private readonly GraphBuilder _graph;
    private readonly UnetHeadConfig _config;
    private readonly double[][] _times;

    public UnetFilms(GraphBuilder graph, UnetHeadConfig config, IReadOnlyList<int> timesteps)
    {
        (_graph, _config) = (graph, config);
        _times = [.. timesteps.Select(timestep => DenseLayers.Mish(TimeEmbedding(timestep)))];
    }

    /// <summary>Scale and shift, `[1, C, 1]` each, of every block at every step.</summary>
    /// <param name="condition">What `combine` gave, `[1, D]`.</param>
    /// <param name="blocks">The blocks.</param>
    public IReadOnlyDictionary<UnetBlock, Film[]> Build(Value condition, IEnumerable<UnetBlock> blocks)
    {
        var zeros = _graph.Constant("/condition/no_time", new float[_config.TimeEmbedding], 1, _config.TimeEmbedding);
        var feature = _graph.Concat("/condition/feature", 1, zeros, Mish.Build(_graph, "/condition/feature", condition)); // [1, dsed + D]
        return blocks.ToDictionary(block => block, block => BlockFilms(block, feature));
    }

    private Film[] BlockFilms(UnetBlock block, Value feature)
    {
        var path = $"/condition/{block.Name}";
        var (steps, rows) = (_times.Length, 2 * block.To);
        var fromCondition = _graph.Linear(path, feature, $"{block.WeightName}.cond_encoder.1", _config.FeatureSize, rows);
        var sum = _graph.Add(path, fromCondition, _graph.Constant($"{path}/times", Table(block), steps, rows)); // [steps, 2C]
        var parts = _graph.Split(path, _graph.Reshape(path, sum, 2 * steps, block.To, 1), 0, [.. Enumerable.Repeat(1L, 2 * steps)]);
        return [.. parts.Chunk(2).Select(pair => new Film(pair[0], pair[1]))];
    }

    private float[] Table(UnetBlock block)
    {
        var weight = _graph.Weights.Values($"{block.WeightName}.cond_encoder.1.weight", 2 * block.To, _config.FeatureSize);
        return [.. _times.SelectMany(time => DenseLayers.Product(weight, _config.FeatureSize, [], time)).Select(value => (float)value)];
    }

    private double[] TimeEmbedding(int timestep)
    {
        const string Name = "policy_head.diffusion_step_encoder";
        var size = _config.TimeEmbedding;
        var hidden = DenseLayers.Linear(_graph.Weights, $"{Name}.1", PublishedSinusoids.Unet(timestep, size), 4 * size);
        return DenseLayers.Linear(_graph.Weights, $"{Name}.3", DenseLayers.Mish(hidden), size);
    }
}
