using DiVLA.Control.ModelBuilder.Tests.Reference;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.ModelBuilder.Tests.Graphs;

public sealed class DiffusionGraphTests
{
    [Test]
    public void Diffusion_RandomWeights_EqualsReference([Values] Shape shape, [Values] PredictionType prediction)
    {
        var config = shape == Shape.Default ? TestConfigs.Default : TestConfigs.Odd;
        using var bundle = new RandomBundle(config with { Scheduler = config.Scheduler with { PredictionType = prediction } });
        using var session = bundle.Session(bundle.Manifest.Graphs.Diffusion);
        var (inputs, prompt, reasoning) = Inputs(bundle.Config);
        Run(session, inputs, prompt, reasoning);

        var expected = new ReferenceDiffusion(bundle.Config, bundle.Weights()).Run(Doubles(prompt), Doubles(reasoning), Doubles(inputs.State), Doubles(inputs.Noise));
        Difference.Check($"latent ({prediction})", session.Buffer<float>("latent"), expected);
        Assert.That(expected.Any(value => Math.Abs(value) < config.Scheduler.ClipSampleRange * 0.999), "not all may be clipped, or nothing is compared");
    }

    [Test]
    public void Diffusion_SameInputsTwice_GivesTheSameBits()
    {
        using var bundle = new RandomBundle(TestConfigs.Default);
        using var session = bundle.Session(bundle.Manifest.Graphs.Diffusion);
        var (inputs, prompt, reasoning) = Inputs(bundle.Config);
        Run(session, inputs, prompt, reasoning);
        var first = session.Buffer<int>("latent").ToArray();
        session.Buffer<int>("latent").Clear();
        Run(session, inputs, prompt, reasoning);
        Assert.That(session.Buffer<int>("latent").ToArray(), Is.EqualTo(first));
    }

    private static (PolicyInputs, float[] Prompt, float[] Reasoning) Inputs(ModelConfig config)
    {
        var random = new Random(31);
        float[] Hidden() => [.. Enumerable.Range(0, config.HiddenSize).Select(_ => (float)(random.NextDouble() * 2 - 1))];
        return (PolicyInputs.Random(config, 17, 4), Hidden(), Hidden());
    }

    private static void Run(GraphSession session, PolicyInputs inputs, float[] prompt, float[] reasoning)
    {
        session.Set<float>("prompt_mean", prompt);
        session.Set<float>("reasoning_mean", reasoning);
        session.Set<float>("state", inputs.State);
        session.Set<float>("noise", inputs.Noise);
        session.Run();
    }

    private static double[] Doubles(float[] values) => Array.ConvertAll(values, value => (double)value);
}
