using DiVLA.Control.Cli.Eval;

namespace DiVLA.Control.EndToEnd.Tests.Eval;

[TestFixture]
internal sealed class WilsonIntervalTests
{
    // Published: 597 of 600 is [98.5, 99.8] %, 199 of 200 is [97.2, 99.9] %, 0 of 10 is [0, 27.8] %.
    [TestCase(597, 600, 0.9854, 0.9983)]
    [TestCase(199, 200, 0.9722, 0.9991)]
    [TestCase(0, 10, 0, 0.2775)]
    [TestCase(10, 10, 0.7225, 1)]
    [TestCase(50, 100, 0.4038, 0.5962)]
    public void Interval_OfKnownTrials_IsWilsons(int successes, int trials, double low, double high)
    {
        var interval = WilsonInterval.Of(successes, trials);
        Assert.That(interval.Low, Is.EqualTo(low).Within(1e-4));
        Assert.That(interval.High, Is.EqualTo(high).Within(1e-4));
    }

    [Test]
    public void Interval_OfNoTrials_IsEverything()
    {
        Assert.That(WilsonInterval.Of(0, 0), Is.EqualTo((0.0, 1.0)));
    }

    [TestCase(new double[] { }, ExpectedResult = null)]
    [TestCase(new[] { 3.0 }, ExpectedResult = 3.0)]
    [TestCase(new[] { 5.0, 1.0, 3.0 }, ExpectedResult = 3.0)]
    [TestCase(new[] { 4.0, 1.0, 3.0, 2.0 }, ExpectedResult = 2.5)]
    public double? Median_OfValues_IsTheirMiddle(double[] values) => EvalFamily.Median(values);
}
