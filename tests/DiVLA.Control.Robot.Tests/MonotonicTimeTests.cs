namespace DiVLA.Control.Robot.Tests;

internal sealed class MonotonicTimeTests
{
    // A prime frequency shows every rounding shortcut, a large stamp every overflow.
    private sealed class OddClock(long timestamp) : TimeProvider
    {
        public override long TimestampFrequency => 70_000_003;

        public override long GetTimestamp() => timestamp;
    }

    [Test]
    public void Now_LongUptimeAtOddFrequency_IsExactToTheNanosecond()
    {
        const long seconds = 400L * 86_400;
        var time = MonotonicTime.Now(new OddClock(seconds * 70_000_003 + 35_000_002));
        Assert.That(time.Nanoseconds, Is.EqualTo(seconds * 1_000_000_000 + 35_000_002L * 1_000_000_000 / 70_000_003));
    }
}
