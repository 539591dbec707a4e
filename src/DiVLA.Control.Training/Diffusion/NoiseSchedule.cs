using DiVLA.Control.ModelBuilder;
using DiVLA.Control.ModelBuilder.Graphs;
using static TorchSharp.torch;

namespace DiVLA.Control.Training.Diffusion;

/// <summary>Noises for training (DDPM) and samples (DDIM, eta 0) over the schedule that is built into the graphs.</summary>
/// <remarks>Source: Song et al. 2021 (DDIM).</remarks>
internal sealed class NoiseSchedule
{
    private readonly SchedulerConfig _config;
    private readonly DdimSchedule _schedule;
    private readonly Tensor _signal;
    private readonly Tensor _noise;

    public NoiseSchedule(SchedulerConfig config)
    {
        _config = config;
        _schedule = new DdimSchedule(config);
        var alphas = Enumerable.Range(0, config.TrainTimesteps).Select(_schedule.CumulativeAlpha).ToArray();
        _signal = tensor(alphas.Select(a => (float)Math.Sqrt(a)).ToArray()).DetachFromDisposeScope();
        _noise = tensor(alphas.Select(a => (float)Math.Sqrt(1 - a)).ToArray()).DetachFromDisposeScope();
    }

    /// <summary>clean [B, H, L], noise [B, H, L], step [B] -> noisy [B, H, L].</summary>
    public Tensor AddNoise(Tensor clean, Tensor noise, Tensor step) =>
        _signal.index_select(0, step).view(-1, 1, 1) * clean + _noise.index_select(0, step).view(-1, 1, 1) * noise;

    /// <summary>What the head learns to predict.</summary>
    public Tensor Target(Tensor clean, Tensor noise) => _config.PredictionType == PredictionType.Sample ? clean : noise;

    /// <summary>Ten DDIM steps from noise [B, H, L] to a trajectory [B, H, L].</summary>
    /// <param name="noise">Standard normal.</param>
    /// <param name="predict">(x [B, H, L], step [B]) -> prediction [B, H, L].</param>
    public Tensor Sample(Tensor noise, Func<Tensor, Tensor, Tensor> predict)
    {
        var x = noise;
        for (var step = 0; step < _schedule.Timesteps.Count; step++)
        {
            var prediction = predict(x, full([noise.shape[0]], _schedule.Timesteps[step], ScalarType.Int64));
            var (a, next) = _schedule.Alphas(step);
            var isSample = _config.PredictionType == PredictionType.Sample;
            var clean = (isSample ? prediction : (x - prediction * Math.Sqrt(1 - a)) / Math.Sqrt(a)).clamp(-_config.ClipSampleRange, _config.ClipSampleRange);
            var epsilon = isSample ? (x - clean * Math.Sqrt(a)) / Math.Sqrt(1 - a) : prediction;
            x = clean * Math.Sqrt(next) + epsilon * Math.Sqrt(1 - next);
        }
        return x;
    }
}
