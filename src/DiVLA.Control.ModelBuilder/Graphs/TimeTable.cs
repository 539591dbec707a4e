using DiVLA.Control.ModelBuilder.Onnx;

namespace DiVLA.Control.ModelBuilder.Graphs;

/// <summary>What the head computes from the time step alone, folded in double precision: `film_time(t_k)` of each block and step.</summary>
internal sealed class TimeTable
{
    private const double MaxPeriod = 1e4;

    private readonly WeightSource _weights;
    private readonly HeadConfig _head;
    private readonly double[][] _embeddings;

    public TimeTable(WeightSource weights, HeadConfig head, IEnumerable<int> timesteps)
    {
        (_weights, _head) = (weights, head);
        _embeddings = [.. timesteps.Select(Embedding)];
    }

    /// <summary>Rows `[steps, 2 W]` of one block: scale plus one, then shift.</summary>
    public float[] Rows(int block)
    {
        var filmTime = _weights.Values($"policy_head.blocks.{block}.film_time.weight", 2 * _head.Width, _head.Width);
        return [.. _embeddings.SelectMany(embedding => Row(filmTime, embedding))];
    }

    private IEnumerable<float> Row(float[] filmTime, double[] embedding) =>
        DenseLayers.Product(filmTime, _head.Width, [], embedding).Select((value, i) => (float)(i < _head.Width ? value + 1 : value));

    // silu(time.2(silu(time.0(sinusoid(k)))))
    private double[] Embedding(int timestep)
    {
        var hidden = DenseLayers.Silu(DenseLayers.Linear(_weights, "policy_head.time.0", Sinusoid(timestep), _head.Width));
        return DenseLayers.Silu(DenseLayers.Linear(_weights, "policy_head.time.2", hidden, _head.Width));
    }

    private double[] Sinusoid(int timestep)
    {
        var half = _head.TimeEmbedding / 2;
        var angles = Enumerable.Range(0, half).Select(j => timestep * Math.Exp(-Math.Log(MaxPeriod) * j / (half - 1))).ToArray();
        return [.. angles.Select(Math.Sin), .. angles.Select(Math.Cos)];
    }
}
