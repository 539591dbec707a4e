using DiVLA.Control.Robot;

namespace DiVLA.Control.RealTime.Tests;

internal sealed class LoopSignalsTests
{
    [Test]
    public void ObserveFromIngress_OlderNews_ChangesNothing()
    {
        var signals = new LoopSignals(7);
        signals.ObserveFromIngress(5, new MonotonicTime(50));
        signals.ObserveFromIngress(4, new MonotonicTime(60));
        Assert.That(signals.ReadNewestFromLoop(), Is.EqualTo(new ObservationMark(true, 5, new MonotonicTime(50))));
    }

    [Test]
    public void ObserveFromIngress_FirstWithNumberZero_IsTaken()
    {
        var signals = new LoopSignals(7);
        signals.ObserveFromIngress(0, new MonotonicTime(9));
        Assert.That(signals.ReadNewestFromLoop(), Is.EqualTo(new ObservationMark(true, 0, new MonotonicTime(9))));
    }

    [Test]
    public void RequestStop_OrdinaryAfterEmergency_DoesNotHideIt()
    {
        var signals = new LoopSignals(7);
        signals.RequestStopFromAnyThread(StopReason.OperatorStop);
        signals.RequestStopFromAnyThread(StopReason.EmergencyStop);
        signals.RequestStopFromAnyThread(StopReason.Shutdown);
        Assert.That(signals.ReadStopFromLoop(), Is.EqualTo(StopReason.EmergencyStop));
    }

    [Test]
    public void RequestReset_StopAskedForAfterwards_Wins()
    {
        var signals = new LoopSignals(7);
        signals.RequestStopFromAnyThread(StopReason.EmergencyStop);
        signals.RequestResetFromAnyThread();
        Assert.That(signals.ReadStopFromLoop(), Is.Null);
        signals.RequestStopFromAnyThread(StopReason.OperatorStop);
        Assert.That(signals.ReadStopFromLoop(), Is.EqualTo(StopReason.OperatorStop));
    }

    [Test]
    public void RequestReset_AnchorThatNoArmCanHave_Throws()
    {
        var signals = new LoopSignals(7);
        Assert.Multiple(() =>
        {
            Assert.That(() => signals.RequestResetFromAnyThread(new RobotCommand(new JointPositions([1, 2]), 0)), Throws.ArgumentException);
            Assert.That(() => signals.RequestResetFromAnyThread(new RobotCommand(new JointPositions([0, 0, 0, 0, 0, 0, double.NaN]), 0)), Throws.ArgumentException);
            Assert.That(signals.ReadResetFromLoop(), Is.Null);
        });
    }

    [Test]
    public void ReadNewestFromLoop_WhileOthersObserve_IsNeverTornAndNeverGoesBack()
    {
        const long Last = 300_000;
        var signals = new LoopSignals(7);
        var writers = Enumerable.Range(0, 2).Select(writer => new Thread(() =>
        {
            for (var id = 1L + writer; id <= Last; id += 2)
                signals.ObserveFromIngress(id, new MonotonicTime(id * 3));
        })).ToArray();
        foreach (var writer in writers) writer.Start();
        var (last, faults) = (0L, 0);
        while (last < Last)
        {
            var mark = signals.ReadNewestFromLoop();
            if (mark.Exists && (mark.Id < last || mark.ObservedAt.Nanoseconds != mark.Id * 3)) faults++;
            if (mark.Exists) last = mark.Id;
        }
        foreach (var writer in writers) writer.Join();
        Assert.That(faults, Is.Zero);
    }
}
