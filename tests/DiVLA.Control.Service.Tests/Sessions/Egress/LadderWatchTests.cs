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
            _watch.SeeFromEgress(Sample.Command(0, LadderState.Hold, LadderReason.NoTrajectory)),
            _watch.SeeFromEgress(Sample.Command(1)),
            _watch.SeeFromEgress(Sample.Command(2, LadderState.Reused, LadderReason.InferenceLate)),
            _watch.SeeFromEgress(Sample.Command(3)),
            _watch.SeeFromEgress(Sample.Command(4, LadderState.Hold, LadderReason.TrajectoryTooOld)),
            _watch.SeeFromEgress(Sample.Command(5, LadderState.Hold, LadderReason.ObservationTooOld)),
            _watch.SeeFromEgress(Sample.Command(6, LadderState.Hold, LadderReason.ObservationTooOld)),
        ];
        Assert.That(news, Is.EqualTo([true, true, false, false, true, true, false]));
    }

    [Test]
    public void Stop_IsAwaited_ByItsReason()
    {
        var stopped = _watch.WhenStopped(LadderReason.EmergencyStop);
        _watch.SeeFromEgress(Sample.Command(0, LadderState.Stopped, LadderReason.LeaseLapsed));
        Assert.That(stopped.IsCompleted, Is.False);
        _watch.SeeFromEgress(Sample.Command(1, LadderState.Stopped, LadderReason.EmergencyStop));
        Assert.That(stopped.Result.TickIndex, Is.EqualTo(1));
    }

    [TestCase(LadderState.Stopped, LadderReason.LeaseLapsed)]
    [TestCase(LadderState.Hold, LadderReason.ControllerStop)]
    [TestCase(LadderState.Hold, LadderReason.Shutdown)]
    public void Standing_IsAwaited_UntilTheArmNoLongerMoves(LadderState state, LadderReason reason)
    {
        var standing = _watch.WhenStopped(null);
        _watch.SeeFromEgress(Sample.Command(0, joint: 0.1));
        _watch.SeeFromEgress(Sample.Command(1, state, reason, 0.2));
        _watch.SeeFromEgress(Sample.Command(2, state, reason, 0.21));
        Assert.That(standing.IsCompleted, Is.False);
        _watch.SeeFromEgress(Sample.Command(3, state, reason, 0.21));
        Assert.That(standing.Result.TickIndex, Is.EqualTo(3));
    }

    [Test]
    public void Arm_StandsButIsNotStopped_IsNotWhatIsAwaited()
    {
        var standing = _watch.WhenStopped(null);
        _watch.SeeFromEgress(Sample.Command(0));
        _watch.SeeFromEgress(Sample.Command(1));
        _watch.SeeFromEgress(Sample.Command(2, LadderState.Hold, LadderReason.ObservationTooOld));
        Assert.That(standing.IsCompleted, Is.False);
    }
}
