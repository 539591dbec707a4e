using System.Numerics;
using DiVLA.Control.Robot;

namespace DiVLA.Control.RealTime.Tests;

internal sealed class DeadlineScheduleTests
{
    private static readonly double[] Rates = [1, 29.97, 82, 100.0 / 3, 81.99999999999999, 240.1, 1000, 9999.999];

    [TestCaseSource(nameof(Rates))]
    public void DueAt_AnyRate_IsTheExactInstantRoundedUp(double rate)
    {
        var schedule = new DeadlineSchedule(new MonotonicTime(17), rate);
        foreach (var tick in new long[] { 0, 1, 2, 3, 81, 82, 83, 1_000_003, 1L << 33, 9_000_000_011 })
            Assert.That(schedule.DueAt(tick).Nanoseconds, Is.EqualTo(17 + (long)ExactNanosecondsRoundedUp(tick, rate)), $"tick {tick}");
    }

    [Test]
    public void DueAt_82HzAfterAYear_HasNotDriftedByANanosecond()
    {
        var schedule = new DeadlineSchedule(default, 82);
        const long Seconds = 365L * 24 * 3600;
        Assert.That(schedule.DueAt(82 * Seconds).Nanoseconds, Is.EqualTo(Seconds * 1_000_000_000));
    }

    [TestCaseSource(nameof(Rates))]
    public void LastDueAt_AroundEveryDeadline_ChangesAtTheDeadline(double rate)
    {
        var schedule = new DeadlineSchedule(new MonotonicTime(-5), rate);
        foreach (var tick in new long[] { 0, 1, 7, 82, 12_345, 987_654_321 })
        {
            var due = schedule.DueAt(tick);
            Assert.That(schedule.LastDueAt(due), Is.EqualTo(tick));
            Assert.That(schedule.LastDueAt(due + -1), Is.EqualTo(tick - 1));
        }
    }

    [Test]
    public void Serve_Punctual_GivesEveryTick()
    {
        var schedule = new DeadlineSchedule(new MonotonicTime(1000), 82);
        for (var tick = 0; tick < 1000; tick++)
            Assert.That(schedule.Serve(schedule.NextDue), Is.EqualTo(new Tick(tick, schedule.DueAt(tick), 0)));
        Assert.That((schedule.TicksDue, schedule.Missed), Is.EqualTo((1000, 0)));
    }

    [Test]
    public void Serve_LateButBeforeTheNextTick_IsLateAndNotMissed()
    {
        var schedule = new DeadlineSchedule(default, 82);
        schedule.Serve(default);
        var tick = schedule.Serve(schedule.DueAt(2) + -1);
        Assert.That((tick.Index, tick.Skipped, schedule.Missed), Is.EqualTo((1, 0, 0)));
    }

    [Test]
    public void Serve_AfterAnOverrun_SkipsWholeTicksAndCountsThem()
    {
        var schedule = new DeadlineSchedule(default, 82);
        schedule.Serve(default);
        var tick = schedule.Serve(schedule.DueAt(5) + 3);
        Assert.That(tick, Is.EqualTo(new Tick(5, schedule.DueAt(5), 4)));
        Assert.That(schedule.NextDue, Is.EqualTo(schedule.DueAt(6)));
    }

    [Test]
    public void Serve_RandomLateness_TicksDueIsServedPlusMissed([ValueSource(nameof(Rates))] double rate)
    {
        var random = new Random(1);
        var schedule = new DeadlineSchedule(new MonotonicTime(123), rate);
        var now = new MonotonicTime(0);
        for (var served = 1; served <= 10_000; served++)
        {
            now = new MonotonicTime(Math.Max(now.Nanoseconds, schedule.NextDue.Nanoseconds)) + (random.Next(10) == 0 ? random.NextInt64((long)(5e9 / rate)) : random.Next(1000));
            var tick = schedule.Serve(now);
            Assert.That(tick.Due, Is.LessThanOrEqualTo(now));
            Assert.That(schedule.NextDue, Is.GreaterThan(now));
            Assert.That(schedule.TicksDue, Is.EqualTo(served + schedule.Missed));
            Assert.That(schedule.TicksDue, Is.EqualTo(schedule.LastDueAt(now) + 1));
        }
        Assert.That(schedule.Missed, Is.GreaterThan(100));
    }

    [TestCase(0)]
    [TestCase(-82)]
    [TestCase(0.99)]
    [TestCase(10_001)]
    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void Constructor_ImpossibleRate_Throws(double rate) =>
        Assert.That(() => new DeadlineSchedule(default, rate), Throws.InstanceOf<ArgumentOutOfRangeException>());

    private static BigInteger ExactNanosecondsRoundedUp(long tick, double rate)
    {
        var scale = BigInteger.One << 60;
        var numerator = (BigInteger)(rate * (1L << 60));
        Assert.That((double)numerator / (double)scale, Is.EqualTo(rate), "The rate must fit the test's fraction.");
        return BigInteger.Divide(tick * BigInteger.Pow(10, 9) * scale + numerator - 1, numerator);
    }
}
