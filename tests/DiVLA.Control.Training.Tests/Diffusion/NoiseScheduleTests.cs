using DiVLA.Control.ModelBuilder;
using DiVLA.Control.Training.Diffusion;
using static TorchSharp.torch;

namespace DiVLA.Control.Training.Tests.Diffusion;

internal sealed class NoiseScheduleTests
{
    private static NoiseSchedule Schedule(PredictionType prediction) => new(new SchedulerConfig(100, 10, "squaredcos_cap_v2", prediction, 5));

    // The table that the published scheduler gives in fp32.
    [TestCase(90, 0.01954437)]
    [TestCase(50, 0.47826442)]
    [TestCase(10, 0.96671659)]
    [TestCase(0, 0.99936873)]
    public void AddNoise_NoNoise_ScalesByThePublishedSchedule(int step, double alphaProduct)
    {
        using var scope = NewDisposeScope();
        var noisy = Schedule(PredictionType.Sample).AddNoise(ones(1, 2, 2), zeros(1, 2, 2), tensor([(long)step]));
        Assert.That(noisy[0, 0, 0].item<float>(), Is.EqualTo(Math.Sqrt(alphaProduct)).Within(1e-5));
    }

    [Test]
    public void Sample_HeadThatKnowsTheAnswer_RecoversIt([Values] PredictionType prediction)
    {
        using var scope = NewDisposeScope();
        var schedule = Schedule(prediction);
        var clean = randn(3, 16, 7).clamp(-4, 4);
        var calls = 0;
        var sampled = schedule.Sample(randn(3, 16, 7), (x, step) =>
        {
            calls++;
            if (prediction == PredictionType.Sample) return clean;
            var signal = schedule.AddNoise(ones_like(x), zeros_like(x), step);
            var noise = schedule.AddNoise(zeros_like(x), ones_like(x), step);
            return (x - signal * clean) / noise;
        });
        Assert.Multiple(() =>
        {
            Assert.That((sampled - clean).abs().max().item<float>(), Is.LessThan(1e-4f));
            Assert.That(calls, Is.EqualTo(10));
        });
    }
}
