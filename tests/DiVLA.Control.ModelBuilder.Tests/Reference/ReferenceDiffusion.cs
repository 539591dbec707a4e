namespace DiVLA.Control.ModelBuilder.Tests.Reference;

/// <summary>`docs/model.md`, section Film and Diffusion: every step computes everything anew, the time embedding included.</summary>
internal sealed class ReferenceDiffusion(ModelConfig config, ReferenceWeights weights)
{
    /// <summary>The latent, H * L numbers.</summary>
    public double[] Run(double[] promptMean, double[] reasoningMean, double[] state, double[] noise)
    {
        var condition = Film(promptMean, reasoningMean);
        var c = Rows.Silu(weights.Linear("policy_head.combine", [.. weights.LayerNorm("policy_head.norm", condition), .. state]));
        var alphas = CumulativeAlphas(config.Scheduler.TrainTimesteps);
        var stride = config.Scheduler.TrainTimesteps / config.Scheduler.InferenceTimesteps;
        var x = noise;
        for (var time = config.Scheduler.TrainTimesteps - stride; time >= 0; time -= stride)
            x = Step(x, Denoise(x, c, time), alphas[time], time >= stride ? alphas[time - stride] : 1);
        return x;
    }

    private double[] Film(double[] promptMean, double[] reasoningMean)
    {
        var x = Projection("input_action_proj", promptMean);
        var r = Projection("reasoning_action_proj", reasoningMean);
        var scale = weights.Linear("reasoning_film.scale_fc", r);
        var shift = weights.Linear("reasoning_film.shift_fc", r);
        return [.. x.Select((value, i) => value * (1 + scale[i]) + shift[i] + promptMean[i])];
    }

    private double[] Projection(string name, double[] x) => weights.Linear($"{name}.mlps.2", Rows.Gelu(weights.Linear($"{name}.mlps.0", x)));

    private double[] Denoise(double[] x, double[] c, int time)
    {
        var t = Time(time);
        var h = weights.Linear("policy_head.input", x);
        for (var block = 0; block < config.Head.Blocks; block++)
        {
            var name = $"policy_head.blocks.{block}";
            var film = Rows.Add(weights.Linear($"{name}.film_condition", c), weights.Linear($"{name}.film_time", t));
            var normed = Rows.LayerNorm(h, null, null, 1e-5);
            var modulated = normed.Select((value, i) => value * (1 + film[i]) + film[config.Head.Width + i]).ToArray();
            h = Rows.Add(h, weights.Linear($"{name}.down", Rows.Silu(weights.Linear($"{name}.up", modulated))));
        }
        return weights.Linear("policy_head.output", weights.LayerNorm("policy_head.output_norm", h));
    }

    private double[] Time(int time)
    {
        var half = config.Head.TimeEmbedding / 2;
        var angles = Enumerable.Range(0, half).Select(j => time * Math.Exp(-Math.Log(1e4) * j / (half - 1))).ToArray();
        double[] sinusoid = [.. angles.Select(Math.Sin), .. angles.Select(Math.Cos)];
        return Rows.Silu(weights.Linear("policy_head.time.2", Rows.Silu(weights.Linear("policy_head.time.0", sinusoid))));
    }

    private double[] Step(double[] x, double[] output, double alpha, double next)
    {
        var range = config.Scheduler.ClipSampleRange;
        var predictsSample = config.Scheduler.PredictionType == PredictionType.Sample;
        return [.. x.Zip(output, (value, predicted) =>
        {
            var x0 = Math.Clamp(predictsSample ? predicted : (value - Math.Sqrt(1 - alpha) * predicted) / Math.Sqrt(alpha), -range, range);
            var epsilon = predictsSample ? (value - Math.Sqrt(alpha) * x0) / Math.Sqrt(1 - alpha) : predicted;
            return Math.Sqrt(next) * x0 + Math.Sqrt(1 - next) * epsilon;
        })];
    }

    private static double[] CumulativeAlphas(int steps)
    {
        static double Bar(double s) => Math.Pow(Math.Cos((s + 0.008) / 1.008 * Math.PI / 2), 2);
        var products = new double[steps];
        for (var i = 0; i < steps; i++)
            products[i] = (i == 0 ? 1 : products[i - 1]) * (1 - Math.Min(1 - Bar((i + 1.0) / steps) / Bar((double)i / steps), 0.999));
        return products;
    }
}
