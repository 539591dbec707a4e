using DiVLA.Control.RealTime;
using DiVLA.Control.Service.Sessions;

namespace DiVLA.Control.Service.Tests.Sessions.Egress;

[TestFixture]
internal sealed class LadderWatchTests
{
    private readonly LadderWatch _watch = new();

    [Test]
    public void Rungs_Change_FreshAndReusedAreOne()
    {
        bool[] news =
        [
            See(Sample.Command(0, LadderState.Hold, LadderReason.NoTrajectory)),
            See(Sample.Command(1)),
            See(Sample.Command(2, LadderState.Reused, LadderReason.InferenceLate)),
            See(Sample.Command(3)),
            See(Sample.Command(4, LadderState.Hold, LadderReason.TrajectoryTooOld)),
            See(Sample.Command(5, LadderState.Hold, LadderReason.ObservationTooOld)),
            See(Sample.Command(6, LadderState.Hold, LadderReason.ObservationTooOld)),
        ];
        Assert.That(news, Is.EqualTo([true, true, false, false, true, true, false]));
    }

    [Test]
    public void EmergencyStop_IsAwaited_OtherStopsAreNone()
    {
        var stopped = _watch.WhenEmergencyStopped();
        See(Sample.Command(0, LadderState.Stopped, LadderReason.LeaseLapsed));
        Assert.That(stopped.IsCompleted, Is.False);
        See(Stop(1));
        Assert.That((stopped.Result.Command.TickIndex, stopped.Result.HandedOver), Is.EqualTo((1, Stop(1).Due + 1000)));
    }

    [Test]
    public void EmergencyStop_IsInForce_ItsFirstCommandIsTheAnswer()
    {
        See(Sample.Command(0));
        for (var tick = 1; tick < 9; tick++) See(Stop(tick));
        Assert.That(_watch.WhenEmergencyStopped().Result.Command.TickIndex, Is.EqualTo(1));
    }

    // Once a reset was asked for, what was stopped before says nothing about the next stop.
    [Test]
    public void EmergencyStop_WasReset_TheNextOneIsAwaited()
    {
        See(Stop(1));
        _watch.ForgetEmergency(reset: 1);
        var stopped = _watch.WhenEmergencyStopped();
        Assert.That(stopped.IsCompleted, Is.False);
        See(Sample.Command(2) with { Reset = 1 });
        Assert.That(stopped.IsCompleted, Is.False);
        See(Stop(3) with { Reset = 1 });
        Assert.That(stopped.Result.Command.TickIndex, Is.EqualTo(3));
    }

    // The loop sends what it made before it knew of the reset.
    [Test]
    public void EmergencyStop_IsAskedForBetweenResetAndNextTick_CommandsFromBeforeAreNoAnswer()
    {
        See(Stop(1));
        _watch.ForgetEmergency(reset: 1);
        var stopped = _watch.WhenEmergencyStopped();
        See(Stop(2));
        Assert.That((stopped.IsCompleted, _watch.IsEmergencyStopped), Is.EqualTo((false, false)));
        See(Stop(3) with { Reset = 1 });
        Assert.That((stopped.Result.Command.TickIndex, _watch.IsEmergencyStopped), Is.EqualTo((3, true)));
    }

    [Test]
    public void Reset_IsAwaited_UntilACommandIsMadeWithItInForce()
    {
        See(Stop(1));
        var (first, second) = (_watch.WhenReset(1), _watch.WhenReset(2));
        See(Stop(2));
        Assert.That(first.IsCompleted, Is.False);
        See(Sample.Command(3) with { Reset = 1 });
        Assert.That((first.Result.TickIndex, second.IsCompleted), Is.EqualTo((3, false)));
        See(Sample.Command(4) with { Reset = 2 });
        Assert.That((second.Result.TickIndex, _watch.WhenReset(2).Result.TickIndex), Is.EqualTo((4, 4)));
    }

    [TestCase(LadderState.Stopped, LadderReason.LeaseLapsed)]
    [TestCase(LadderState.Hold, LadderReason.ControllerStop)]
    [TestCase(LadderState.Hold, LadderReason.Shutdown)]
    public void Standing_IsAwaited_UntilTheArmNoLongerMoves(LadderState state, LadderReason reason)
    {
        var standing = _watch.WhenStanding();
        See(Sample.Command(0, joint: 0.1));
        See(Sample.Command(1, state, reason, 0.2));
        See(Sample.Command(2, state, reason, 0.21));
        Assert.That(standing.IsCompleted, Is.False);
        See(Sample.Command(3, state, reason, 0.21));
        Assert.That(standing.Result.Command.TickIndex, Is.EqualTo(3));
    }

    [Test]
    public void Arm_StandsButIsNotStopped_IsNotWhatIsAwaited()
    {
        var standing = _watch.WhenStanding();
        See(Sample.Command(0));
        See(Sample.Command(1));
        See(Sample.Command(2, LadderState.Hold, LadderReason.ObservationTooOld));
        Assert.That(standing.IsCompleted, Is.False);
    }

    private static TickCommand Stop(long tick) => Sample.Command(tick, LadderState.Stopped, LadderReason.EmergencyStop);

    private bool See(TickCommand command) => _watch.SeeFromEgress(command, command.Due + 1000);
}
