namespace DiVLA.Control.RealTime.Tests;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class LatencyWindowTests
{
    private readonly LatencyHistogram _histogram = new();

    [Test]
    public void Read_WhatWasRecordedBefore_IsLeftOut()
    {
        Record(1, 100);
        var window = new LatencyWindow(_histogram);
        Assert.That(window.Read(), Is.EqualTo(default(LatencyPercentiles)));
    }

    [Test]
    public void Read_ThousandDurationsOnTopOfOthers_GivesThePercentilesOfThose()
    {
        Record(1, 5000);
        var window = new LatencyWindow(_histogram);
        Record(1, 1000);
        var read = window.Read();
        var found = new[] { read.P50Us, read.P90Us, read.P99Us, read.P999Us, read.MaxUs };
        Assert.That(found, Is.EqualTo(new double[] { 500, 900, 990, 999, 1000 }).Within(0.1).Percent);
        Assert.That(read.Count, Is.EqualTo(1000));
    }

    [Test]
    public void Read_Again_GivesWhatCameInBetween()
    {
        var window = new LatencyWindow(_histogram);
        Record(2000, 2000);
        window.Read();
        Record(3, 3);
        var read = window.Read();
        Assert.That(read.Count, Is.EqualTo(1));
        Assert.That(new[] { read.P50Us, read.MaxUs }, Is.EqualTo(new double[] { 3, 3 }).Within(0.1).Percent);
        Assert.That(window.Read().Count, Is.Zero);
    }

    [Test]
    public void Read_ByTwo_NeitherTakesFromTheOther()
    {
        var (one, other) = (new LatencyWindow(_histogram), new LatencyWindow(_histogram));
        Record(1, 10);
        Assert.That((one.Read().Count, other.Read().Count, _histogram.Read().Count), Is.EqualTo((10, 10, 10)));
    }

    private void Record(int fromUs, int toUs)
    {
        for (var microseconds = fromUs; microseconds <= toUs; microseconds++) _histogram.RecordFromWriter(microseconds * 1000);
    }
}
