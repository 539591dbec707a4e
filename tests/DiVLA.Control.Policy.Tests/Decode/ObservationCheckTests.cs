using DiVLA.Control.Policy.Decode;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Tests.Decode;

[TestFixture]
internal sealed class ObservationCheckTests
{
    private readonly ObservationCheck _check = new(TimeSpan.FromMilliseconds(1));

    [Test]
    public void Check_Sequence_AcceptsOnlyWhatIsNewerAndYoungEnough()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Check(captured: 5_000_000, now: 6_000_000), Is.Default, "exactly as old as allowed");
            Assert.That(Check(5_000_000, 5_000_001), Is.EqualTo(new FrameReport(FrameOutcome.NotIncreasing, "", 5_000_000, 5_000_000)));
            Assert.That(Check(4_999_999, 5_000_001).Outcome, Is.EqualTo(FrameOutcome.NotIncreasing));
            Assert.That(Check(7_000_000, 8_000_001), Is.EqualTo(new FrameReport(FrameOutcome.Stale, "", 1_000_001, 1_000_000)));
            Assert.That(Check(6_500_000, 6_600_000), Is.Default, "a refused observation does not count as the one before");
        }
    }

    private FrameReport Check(long captured, long now) => _check.Check(new MonotonicTime(captured), new MonotonicTime(now));
}
