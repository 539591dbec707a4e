using DiVLA.Control.Robot;
using DiVLA.Control.Service.Sessions;

namespace DiVLA.Control.Service.Tests.Sessions.Ingress;

[TestFixture]
internal sealed class ClockOffsetTests
{
    private const long RobotAhead = 5_000_000_000;
    private readonly ClockOffset _clock = new();

    [Test]
    public void Ways_AreEquallyLong_OffsetIsExact()
    {
        Exchange(at: 0, there: 300, stay: 12_000_000, back: 300);
        Assert.That(_clock.Best, Is.EqualTo(new ClockOffset.Exchange(RobotAhead, 600)));
    }

    [Test]
    public void Exchanges_VaryInRoundTrip_LeastDelayedIsBelieved()
    {
        Exchange(at: 0, there: 900_000, stay: 10, back: 100);
        Exchange(at: 1_000_000, there: 200, stay: 10, back: 220);
        Exchange(at: 2_000_000, there: 100, stay: 10, back: 3_000_000);
        Assert.That(_clock.Best!.Value.OffsetNs, Is.EqualTo(RobotAhead).Within(10));
    }

    [Test]
    public void Offset_IsOffByAtMost_HalfTheRoundTrip([Values(0L, 50_000, 400_000)] long there, [Values(0L, 70_000)] long back)
    {
        Exchange(at: 0, there, stay: 1_000, back);
        var best = _clock.Best!.Value;
        Assert.That(Math.Abs(best.OffsetNs - RobotAhead), Is.LessThanOrEqualTo(best.RoundTripNs / 2 + 1));
    }

    [Test]
    public void Clocks_DriftApart_OldExchangesAreForgotten()
    {
        Exchange(at: 0, there: 1, stay: 1, back: 1);
        Exchange(at: 6_000_000_000, there: 500, stay: 1, back: 500);
        Exchange(at: 12_000_000_000, there: 500, stay: 1, back: 500);
        Assert.That(_clock.Best!.Value.RoundTripNs, Is.EqualTo(1000));
    }

    [TestCase(0, 10, 5, 20, TestName = "Robot_SentBeforeItReceived_IsIgnored")]
    [TestCase(100, 10, 20, 50, TestName = "Service_ReceivedBeforeItSent_IsIgnored")]
    [TestCase(0, 10, 20, 3_000_000_000, TestName = "RoundTrip_IsAbsurd_IsIgnored")]
    public void Exchange_IsNonsense(long serviceSent, long robotReceived, long robotSent, long serviceReceived)
    {
        _clock.AddFromIngress(new(serviceSent), new(robotReceived), new(robotSent), new(serviceReceived));
        Assert.That(_clock.Best, Is.Null);
    }

    [Test]
    public void Instant_BeforeAnyExchange_IsPlacedByItsAgeAtSending()
    {
        var captured = _clock.ToService(robotInstant: 1_000, robotSent: 1_400, receivedAt: new MonotonicTime(90_000));
        Assert.That(captured.Nanoseconds, Is.EqualTo(89_600));
    }

    [Test]
    public void Instant_AfterAnExchange_IsPlacedByTheOffset()
    {
        Exchange(at: 0, there: 300, stay: 10, back: 300);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_clock.ToService(RobotAhead + 5_000, 0, new MonotonicTime(9_000)).Nanoseconds, Is.EqualTo(5_000));
            Assert.That(_clock.ToRobot(new MonotonicTime(5_000)), Is.EqualTo(RobotAhead + 5_000));
        }
    }

    [Test]
    public void Instant_SeemsLaterThanItsArrival_IsItsArrival()
    {
        Exchange(at: 0, there: 300, stay: 10, back: 300);
        Assert.That(_clock.ToService(RobotAhead + 10_000, 0, new MonotonicTime(9_000)).Nanoseconds, Is.EqualTo(9_000));
    }

    private void Exchange(long at, long there, long stay, long back) => _clock.AddFromIngress(
        new(at), new(at + there + RobotAhead), new(at + there + stay + RobotAhead), new(at + there + stay + back));
}
