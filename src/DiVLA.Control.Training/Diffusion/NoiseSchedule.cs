using DiVLA.Control.ModelBuilder;
using static TorchSharp.torch;

namespace DiVLA.Control.Training.Diffusion;

/// <summary>Squared-cosine noise schedule: DDPM for training, DDIM (eta 0) for sampling.</summary>
/// <remarks>Sources: Nichol and Dhariwal 2021 (betas), Song et al. 2021 (DDIM).</remarks>
internal sealed class NoiseSchedule
{
    private readonly SchedulerConfig _config;
    private readonly double[] _alphaProduct;
    private readonly Tensor _signal;
    private readonly Tensor _noise;

    public NoiseSchedule(SchedulerConfig config)
    {
        _config = config;
        _alphaProduct = AlphaProducts(config.TrainTimesteps);
        _signal = tensor(_alphaProduct.Select(a => (float)Math.Sqrt(a)).ToArray()).DetachFromDisposeScope();
        _noise = tensor(_alphaProduct.Select(a => (float)Math.Sqrt(1 - a)).ToArray()).DetachFromDisposeScope();
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
        var stride = _config.TrainTimesteps / _config.InferenceTimesteps;
        for (var t = (_config.InferenceTimesteps - 1) * stride; t >= 0; t -= stride)
        {
            var prediction = predict(x, full([noise.shape[0]], t, ScalarType.Int64));
            var (a, previous) = (_alphaProduct[t], t >= stride ? _alphaProduct[t - stride] : 1.0);
            var isSample = _config.PredictionType == PredictionType.Sample;
            var clean = (isSample ? prediction : (x - prediction * Math.Sqrt(1 - a)) / Math.Sqrt(a)).clamp(-_config.ClipSampleRange, _config.ClipSampleRange);
            var epsilon = isSample ? (x - clean * Math.Sqrt(a)) / Math.Sqrt(1 - a) : prediction;
            x = clean * Math.Sqrt(previous) + epsilon * Math.Sqrt(1 - previous);
        }
        return x;
    }

    private static double[] AlphaProducts(int steps)
    {
        var products = new double[steps];
        var product = 1.0;
        for (var i = 0; i < steps; i++)
        {
            var beta = Math.Min(1 - AlphaBar((i + 1) / (double)steps) / AlphaBar(i / (double)steps), 0.999);
            products[i] = product *= 1 - beta;
        }
        return products;
    }

    private static double AlphaBar(double s) => Math.Pow(Math.Cos((s + 0.008) / 1.008 * Math.PI / 2), 2);
}
