using DiVLA.Control.RealTime;
using DiVLA.Control.Service.Sessions;

namespace DiVLA.Control.Service.Tests.Sessions.Statistics;

[TestFixture]
internal sealed class TickAccountTests
{
    private const int MostUnderWay = 65;

    [Test]
    public void Of_EveryKindOfMiss_AddsUpToWhatTheClockSays()
    {
        var account = TickAccount.Of(Loop(posted: 90, skipped: 6, overdue: 4), dropped: 3, Egress(sent: 85, unsent: 2), mostUnderWay: 0);
        Assert.That(account, Is.EqualTo(new TickAccount(Due: 100, Sent: 85, Missed: 15, LongestMissedRun: 4)));
        Assert.That(account.Due, Is.EqualTo(account.Sent + account.Missed));
    }

    [Test]
    public void Of_CommandIsLostWithoutBeingCounted_DoesNotAddUp()
    {
        var account = TickAccount.Of(Loop(posted: 100), dropped: 0, Egress(sent: 99), mostUnderWay: 0);
        Assert.That(account.Due - account.Sent - account.Missed, Is.EqualTo(1));
    }

    [Test]
    public void Of_MoreIsUnderWayThanTheRingHolds_DoesNotAddUp()
    {
        var account = TickAccount.Of(Loop(posted: 200), dropped: 0, Egress(sent: 100), MostUnderWay);
        Assert.That(account.Due - account.Sent - account.Missed, Is.EqualTo(100 - MostUnderWay));
    }

    [TestCase(100, 97, ExpectedResult = 97, TestName = "{m}_CommandsAreUnderWay_TheyAreNotDueYet")]
    [TestCase(100, 101, ExpectedResult = 101, TestName = "{m}_CommandLeftBeforeTheLoopWroteItDown_IsDue")]
    public long Of_LiveRead(long posted, long sent)
    {
        var account = TickAccount.Of(Loop(posted), dropped: 0, Egress(sent), MostUnderWay);
        Assert.That(account.Due, Is.EqualTo(account.Sent + account.Missed));
        return account.Due;
    }

    private static CommandStatistics.Counts Egress(long sent, long unsent = 0) => new() { Sent = sent, Unsent = unsent };

    private static LoopStatisticsSnapshot Loop(long posted, long skipped = 0, long overdue = 0) => new()
    {
        TicksDue = posted + skipped,
        CommandsSent = posted,
        Missed = skipped,
        Overdue = overdue,
        LongestMissedRun = 0,
        LateOver1Ms = 0,
        Fresh = 0,
        Reused = 0,
        Hold = 0,
        Stopped = 0,
        Limited = 0,
        TicksAfterWarmUp = 0,
        BytesAllocated = 0,
        Lateness = default,
    };
}
