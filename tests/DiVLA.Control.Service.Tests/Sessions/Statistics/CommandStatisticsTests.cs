using DiVLA.Control.RealTime;
using DiVLA.Control.Service.Sessions;

namespace DiVLA.Control.Service.Tests.Sessions.Statistics;

[TestFixture]
internal sealed class CommandStatisticsTests
{
    private const double PeriodNs = 1e9 / 82;
    private readonly CommandStatistics _statistics = new();

    [Test]
    public void Ticks_AreSkipped_LongestRunIsKept()
    {
        foreach (var tick in new[] { 0, 1, 4, 5, 9 }) Send(tick);
        var counts = _statistics.Read();
        Assert.That((counts.Sent, counts.Unsent, counts.LongestMissedRun), Is.EqualTo((5, 0, 3)));
    }

    [Test]
    public void Transport_RefusesCommands_TheyCountAsUnsent()
    {
        Send(0);
        _statistics.RecordUnsent(Sample.Command(1));
        _statistics.RecordUnsent(Sample.Command(4));
        var counts = _statistics.Read();
        Assert.That((counts.Sent, counts.Unsent, counts.LongestMissedRun), Is.EqualTo((1, 2, 4)));
    }

    // 83 commands are 82 intervals: a short session is no faster than a long one.
    [TestCase(1, ExpectedResult = 0)]
    [TestCase(2, ExpectedResult = 82)]
    [TestCase(83, ExpectedResult = 82)]
    [TestCase(8300, ExpectedResult = 82)]
    public double Rate_CountsIntervals_NotCommands(int commands)
    {
        for (var tick = 0; tick < commands; tick++) Send(tick);
        return Math.Round(_statistics.Read().RateHz(silentSince: 0, PeriodNs), 3);
    }

    [Test]
    public void Rate_OfALoopThatHasGoneSilent_Falls()
    {
        for (var tick = 0; tick < 83; tick++) Send(tick);
        Assert.That(_statistics.Read().RateHz(silentSince: 82, PeriodNs), Is.EqualTo(41).Within(1e-3));
    }

    [Test]
    public void States_SumUp_ToCommandsSent()
    {
        var states = new[] { LadderState.Hold, LadderState.Fresh, LadderState.Fresh, LadderState.Reused, LadderState.Stopped };
        for (var tick = 0; tick < states.Length; tick++) Send(tick, states[tick]);
        var counts = _statistics.Read();
        Assert.That((counts.Fresh, counts.Reused, counts.Hold, counts.Stopped, counts.Sent), Is.EqualTo((2, 1, 1, 1, 5)));
    }

    [Test]
    public void FullCycle_NeedsTheNewestFrame_AndAVerifiedPhrase()
    {
        Send(Sample.Command(0), 0);
        Send(Sample.Command(1, LadderState.Reused), 0);
        Send(Sample.Command(2) with { PhraseState = PhraseState.Pending }, 0);
        Assert.That(_statistics.Read().FullCycles, Is.EqualTo(1));
    }

    [TestCase(1_000_000, ExpectedResult = 0)]
    [TestCase(1_000_001, ExpectedResult = 1)]
    public long Command_IsLate_AfterOneMillisecond(long lateNs)
    {
        Send(Sample.Command(0), lateNs);
        return _statistics.Read().LateOver1Ms;
    }

    [Test]
    public void Lateness_IsMeasured_FromTheTicksInstant()
    {
        for (var tick = 0; tick < 100; tick++) Send(Sample.Command(tick), (tick + 1) * 1000);
        var lateness = _statistics.Lateness.Read();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(lateness.Count, Is.EqualTo(100));
            Assert.That(lateness.P50Us, Is.EqualTo(50).Within(0.1));
            Assert.That(lateness.MaxUs, Is.EqualTo(100).Within(0.1));
        }
    }

    private void Send(long tick, LadderState state = LadderState.Fresh) => Send(Sample.Command(tick, state), 0);

    private void Send(TickCommand command, long lateNs) => _statistics.RecordSent(command, command.Due + lateNs);
}
