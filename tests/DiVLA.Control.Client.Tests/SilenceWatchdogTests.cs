using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Client.Tests;

[TestFixture]
internal sealed class SilenceWatchdogTests
{
    private const long PeriodNs = 12_195_122;
    private readonly SilenceWatchdog _watchdog = new(TestContract.Create(), TimeSpan.FromMilliseconds(250));

    [Test]
    public void NoAction_HasEverCome_NothingIsHeld()
    {
        Assert.That(_watchdog.TryHold(At(100), out _), Is.False);
    }

    [Test]
    public void Actions_KeepComing_NothingIsHeld()
    {
        _watchdog.Feed(Action(0, 0));
        Assert.That(_watchdog.TryHold(At(1.9), out _), Is.False);
    }

    [Test]
    public void Action_IsMissing_LastMotionGoesOnWhileItSlowsDown()
    {
        FeedMoving();
        Assert.That(_watchdog.TryHold(At(3), out var hold), Is.True);
        var expected = 0.01 + 2 * 0.01;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(hold.Command.Joints[0], Is.EqualTo(expected).Within(1e-3), "two periods on, the brake has hardly begun");
            Assert.That(hold.Command.Joints[0], Is.LessThan(expected));
            Assert.That((hold.State, hold.Reason), Is.EqualTo((LadderState.Hold, LadderReason.ServiceSilent)));
        }
    }

    [Test]
    public void Silence_Lasts_ArmStands()
    {
        FeedMoving();
        _watchdog.TryHold(At(200), out var stands);
        _watchdog.TryHold(At(400), out var still);
        Assert.That(still.Command.Joints[0], Is.EqualTo(stands.Command.Joints[0]));
    }

    [Test]
    public void Silence_IsLong_CountsAsSilent()
    {
        FeedMoving();
        var at = At(1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_watchdog.IsSilent(at + 249_000_000), Is.False);
            Assert.That(_watchdog.IsSilent(at + 250_000_000), Is.True);
        }
    }

    [Test]
    public void Action_ComesAgain_HoldEnds()
    {
        FeedMoving();
        _watchdog.TryHold(At(4), out _);
        _watchdog.Feed(Action(5, 0.05));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_watchdog.IsHolding, Is.False);
            Assert.That(_watchdog.TryHold(At(6), out _), Is.False);
        }
    }

    [Test]
    public void Action_ComesAfterASilence_ArmCountsAsStanding()
    {
        FeedMoving();
        _watchdog.Feed(Action(100, 0.5));
        _watchdog.TryHold(At(103), out var hold);
        Assert.That(hold.Command.Joints[0], Is.EqualTo(0.5));
    }

    // What arrives in a bunch was still due one period after the other.
    [Test]
    public void Actions_ArriveInABunch_VelocityIsTakenFromTheirDueInstants()
    {
        _watchdog.Feed(Action(0, 0) with { ReceivedAt = At(1) });
        _watchdog.Feed(Action(1, 0.01) with { ReceivedAt = At(1) + 1000 });
        _watchdog.TryHold(At(3) + 1000, out var hold);
        Assert.That(hold.Command.Joints[0], Is.EqualTo(0.03).Within(1e-3));
    }

    private void FeedMoving()
    {
        _watchdog.Feed(Action(0, 0));
        _watchdog.Feed(Action(1, 0.01));
    }

    private static MonotonicTime At(double periods) => new((long)(periods * PeriodNs));

    private static RobotAction Action(int tick, double shoulder) => new()
    {
        Tick = (ulong)tick,
        Due = At(tick),
        ReceivedAt = At(tick),
        Command = new RobotCommand(new JointPositions([shoulder, 0]), 0.08),
        State = LadderState.Fresh,
    };
}
