namespace DiVLA.Control.RealTime.Tests;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class LatencyHistogramTests
{
    private readonly LatencyHistogram _histogram = new();

    [Test]
    public void Read_NothingRecorded_IsZero()
    {
        Assert.That(_histogram.Read(), Is.EqualTo(default(LatencyPercentiles)));
    }

    [Test]
    public void Read_ThousandDurations_GivesTheirPercentiles()
    {
        for (var microseconds = 1; microseconds <= 1000; microseconds++) _histogram.RecordFromWriter(microseconds * 1000);
        var read = _histogram.Read();
        var found = new[] { read.P50Us, read.P90Us, read.P99Us, read.P999Us, read.MaxUs };
        Assert.That(found, Is.EqualTo(new double[] { 500, 900, 990, 999, 1000 }).Within(0.1).Percent);
        Assert.That(read.Count, Is.EqualTo(1000));
    }

    [TestCase(-5, 0)]
    [TestCase(70_000_000_000, 60e6)]
    public void Read_DurationOutsideTheRange_IsTheNearestInside(long nanoseconds, double microseconds)
    {
        _histogram.RecordFromWriter(nanoseconds);
        Assert.That(_histogram.Read().MaxUs, Is.EqualTo(microseconds).Within(0.1).Percent);
    }

    // A lock would cost the writer an object at its first wait, and a wait at every percentile.
    [Test]
    public void Record_WhileOthersReadWithoutPause_AllocatesNothingAndLosesNothing()
    {
        const int Bursts = 500;
        const int BurstLength = 100;
        using var isRead = new SemaphoreSlim(0);
        var allocated = 0L;
        var writer = new Thread(() =>
        {
            for (var burst = 0; burst < Bursts; burst++)
            {
                allocated += Write(BurstLength);
                isRead.Wait();
            }
        });
        writer.Start();
        var counts = new List<long>();
        while (counts.Count < Bursts)
        {
            counts.Add(_histogram.Read().Count);
            isRead.Release();
        }
        writer.Join();
        Assert.That(counts, Is.Ordered);
        Assert.That((allocated, _histogram.Read().Count), Is.EqualTo((0, Bursts * BurstLength)));
    }

    private long Write(int count)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var number = 0; number < count; number++) _histogram.RecordFromWriter(number);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
