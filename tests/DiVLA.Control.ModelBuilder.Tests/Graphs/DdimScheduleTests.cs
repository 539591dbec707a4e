using DiVLA.Control.ModelBuilder.Graphs;

namespace DiVLA.Control.ModelBuilder.Tests.Graphs;

public sealed class DdimScheduleTests
{
    private static readonly SchedulerConfig _config = new(100, 10, "squaredcos_cap_v2", PredictionType.Sample, 5);

    // What diffusers' DDIMScheduler computes in fp32: up to a hundred rounded products.
    [TestCase(90, 0.01954437)]
    [TestCase(80, 0.08514618)]
    [TestCase(70, 0.19072744)]
    [TestCase(60, 0.32611513)]
    [TestCase(50, 0.47826442)]
    [TestCase(40, 0.63251561)]
    [TestCase(30, 0.77400607)]
    [TestCase(20, 0.88910294)]
    [TestCase(10, 0.96671659)]
    [TestCase(0, 0.99936873)]
    public void CumulativeAlpha_EqualsThePublishedSchedulers(int timestep, double expected) =>
        Assert.That(new DdimSchedule(_config).CumulativeAlpha(timestep), Is.EqualTo(expected).Within(1e-6));

    [Test]
    public void Timesteps_TenOfAHundred_LeadDownToZero() =>
        Assert.That(new DdimSchedule(_config).Timesteps, Is.EqualTo(new[] { 90, 80, 70, 60, 50, 40, 30, 20, 10, 0 }));

    [Test]
    public void Alphas_AfterTheLastStep_AreOne() =>
        Assert.That(new DdimSchedule(_config).Alphas(9).Next, Is.EqualTo(1));

    [Test]
    public void Schedule_UnknownBetas_IsRefused()
    {
        var fault = Assert.Throws<ArgumentException>(() => _ = new DdimSchedule(_config with { BetaSchedule = "linear" }));
        Assert.That(fault.Message, Does.Contain("beta_schedule").And.Contain("linear"));
    }

    [TestCase(0)]
    [TestCase(7)]
    public void Schedule_StepsThatDoNotDivide_AreRefused(int steps)
    {
        var fault = Assert.Throws<ArgumentException>(() => _ = new DdimSchedule(_config with { InferenceTimesteps = steps }));
        Assert.That(fault.Message, Does.Contain("inference_timesteps"));
    }
}
