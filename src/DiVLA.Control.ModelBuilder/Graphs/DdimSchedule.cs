namespace DiVLA.Control.ModelBuilder.Graphs;

/// <summary>The numbers of deterministic DDIM sampling (eta 0) over a squared-cosine schedule, in double precision: for the graphs and for training.</summary>
/// <remarks>Sources: Nichol and Dhariwal 2021 (betas), Song et al. 2021 (DDIM).</remarks>
public sealed class DdimSchedule
{
    /// <summary>The one schedule of betas that is known.</summary>
    public const string SquaredCosine = "squaredcos_cap_v2";

    private const double MaxBeta = 0.999;

    private readonly double[] _cumulativeAlphas;

    /// <summary>Computes the schedule of a checkpoint.</summary>
    /// <exception cref="ArgumentException">The schedule is another, or the steps do not divide the training steps.</exception>
    public DdimSchedule(SchedulerConfig config)
    {
        if (config.BetaSchedule != SquaredCosine)
            throw new ArgumentException($"beta_schedule: '{config.BetaSchedule}' is unknown, '{SquaredCosine}' was expected.", nameof(config));
        if (config.InferenceTimesteps < 1 || config.TrainTimesteps % config.InferenceTimesteps != 0)
            throw new ArgumentException(
                $"inference_timesteps: {config.InferenceTimesteps} steps do not divide {config.TrainTimesteps} train_timesteps.", nameof(config));
        _cumulativeAlphas = CumulativeAlphas(config.TrainTimesteps);
        var stride = config.TrainTimesteps / config.InferenceTimesteps;
        Timesteps = [.. Enumerable.Range(0, config.InferenceTimesteps).Select(step => (config.InferenceTimesteps - 1 - step) * stride)];
    }

    /// <summary>Time steps of the sampling steps, first to last: 90, 80 ... 0 for ten of a hundred.</summary>
    public IReadOnlyList<int> Timesteps { get; }

    /// <summary>A_t, the product of all 1 - beta up to and including a training time step.</summary>
    public double CumulativeAlpha(int timestep) => _cumulativeAlphas[timestep];

    /// <summary>A_t of a sampling step and of the one after it; 1 after the last.</summary>
    public (double Current, double Next) Alphas(int step) =>
        (CumulativeAlpha(Timesteps[step]), step + 1 < Timesteps.Count ? CumulativeAlpha(Timesteps[step + 1]) : 1);

    private static double[] CumulativeAlphas(int steps)
    {
        var products = new double[steps];
        var product = 1.0;
        for (var i = 0; i < steps; i++)
        {
            var beta = Math.Min(1 - AlphaBar((i + 1.0) / steps) / AlphaBar((double)i / steps), MaxBeta);
            products[i] = product *= 1 - beta;
        }
        return products;
    }

    private static double AlphaBar(double time)
    {
        var cosine = Math.Cos((time + 0.008) / 1.008 * Math.PI / 2);
        return cosine * cosine;
    }
}
