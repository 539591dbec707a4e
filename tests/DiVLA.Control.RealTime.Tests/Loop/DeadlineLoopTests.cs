using DiVLA.Control.Robot;

namespace DiVLA.Control.RealTime.Tests;

internal sealed class DeadlineLoopTests
{
    [Test]
    public void RunTick_NothingHeardYet_HoldsWhereTheArmIs()
    {
        using var stage = new LoopStage();
        stage.Run(3);
        Assert.Multiple(() =>
        {
            Assert.That(stage.Commands.Select(command => command.TickIndex), Is.EqualTo(new[] { 0, 1, 2 }));
            Assert.That(stage.Commands.Select(command => (command.State, command.Reason)), Has.All.EqualTo((LadderState.Hold, LadderReason.NoTrajectory)));
            Assert.That(stage.Last.Command.Joints.AsSpan().ToArray(), Is.EqualTo(TestProfile.Rest));
            Assert.That(stage.Last.Command.GripperWidth, Is.EqualTo(0.08));
            Assert.That(stage.Last.ObservationId, Is.Zero);
        });
    }

    [Test]
    public void RunTick_EveryTick_IsDueAtStartPlusTickOverRate()
    {
        using var stage = new LoopStage();
        stage.Run(200);
        var exact = new DeadlineSchedule(stage.Start, 82);
        Assert.That(stage.Commands.Select(command => command.Due), Is.EqualTo(Enumerable.Range(0, 200).Select(tick => exact.DueAt(tick))));
    }

    [Test]
    public void RunTick_TrajectoryOfTheNewestObservation_IsSampledAtTheTicksInstant()
    {
        using var stage = new LoopStage();
        stage.Run();
        var observation = stage.Observe();
        var trajectory = stage.Publish();
        stage.Run();
        var age = stage.Last.Due - trajectory.ObservationTime;
        Assert.Multiple(() =>
        {
            Assert.That((stage.Last.State, stage.Last.Reason), Is.EqualTo((LadderState.Fresh, LadderReason.None)));
            Assert.That((stage.Last.ObservationId, stage.Last.PhraseId, stage.Last.PhraseState), Is.EqualTo((observation, 7, PhraseState.Verified)));
            Assert.That(stage.Last.TrajectoryAgeNs, Is.EqualTo(age));
            Assert.That(stage.Last.Command.Joints[2], Is.EqualTo(0.001 * age / 48_780_488).Within(1e-9));
            Assert.That(stage.Last.Limited, Is.EqualTo(LimiterRules.None));
        });
    }

    [Test]
    public void RunTick_PlanReplacedAtEveryTick_MovesAtThePlansSpeed()
    {
        using var stage = new LoopStage();
        stage.RunFresh(82, step: 0.01);
        Assert.That(stage.Commands, Has.All.Property(nameof(TickCommand.State)).EqualTo(LadderState.Fresh));
        Assert.That(stage.Last.Command.Joints[0], Is.EqualTo(82 * 0.01 / 4).Within(2).Percent);
    }

    [Test]
    public void RunTick_InferenceMissesTicks_FollowsTheEarlierTrajectoryOn()
    {
        using var stage = new LoopStage();
        stage.RunFresh(5);
        for (var tick = 0; tick < 5; tick++)
        {
            stage.Observe();
            stage.Run();
        }
        var reused = stage.Commands[^5..];
        Assert.That(reused.Select(command => (command.State, command.Reason)), Has.All.EqualTo((LadderState.Reused, LadderReason.InferenceLate)));
        Assert.That(reused.Select(command => command.ObservationId), Has.All.EqualTo(5));
        Assert.That(reused.Select(command => command.Command.Joints[0]), Is.Ordered.Ascending);
    }

    [Test]
    public void RunTick_ObservationsStop_GoesDownTheLadderAndBrakesWithinLimits()
    {
        using var stage = new LoopStage();
        stage.RunFresh(40, step: 0.03);
        stage.Run(60);
        var states = stage.Commands[40..].Select(command => (command.State, command.Reason)).Distinct();
        Assert.That(states, Is.EqualTo(new[]
        {
            (LadderState.Reused, LadderReason.NoNewObservation),
            (LadderState.Hold, LadderReason.ObservationTooOld),
        }));
        AssertWithinLimits(stage.Commands);
        Assert.That(stage.Commands[^1].Command.Joints[0], Is.EqualTo(stage.Commands[^2].Command.Joints[0]), "It has come to rest.");
    }

    [Test]
    public void RunTick_FaultyTrajectory_HoldsAndSaysWhy()
    {
        using var stage = new LoopStage();
        stage.RunFresh(5);
        stage.Observe();
        stage.Publish(outcome: TrajectoryOutcome.KinematicsMismatch);
        stage.Run();
        Assert.That((stage.Last.State, stage.Last.Reason), Is.EqualTo((LadderState.Hold, LadderReason.KinematicsMismatch)));
        stage.RunFresh(1);
        Assert.That(stage.Last.State, Is.EqualTo(LadderState.Fresh));
    }

    [Test]
    public void RunTick_NonFiniteTrajectory_NeverReachesACommand()
    {
        using var stage = new LoopStage();
        stage.RunFresh(5);
        stage.Observe();
        stage.Publish(change: static trajectory => trajectory.JointsAt(3)[2] = double.NaN);
        stage.Run(3);
        Assert.That(stage.Commands[^3..].Select(command => command.Reason), Has.All.EqualTo(LadderReason.NotFinite));
        Assert.That(stage.Commands.All(command => command.Command.Joints.IsFinite()), Is.True);
    }

    [Test]
    public void RunTick_WildTrajectories_StaysWithinLimitsOverEverySeam()
    {
        using var stage = new LoopStage();
        var random = new Random(5);
        for (var tick = 0; tick < 2000; tick++)
        {
            if (random.Next(3) > 0) stage.Observe();
            if (random.Next(3) > 0) stage.Publish((random.NextDouble() - 0.5) * 0.4);
            stage.Run();
        }
        AssertWithinLimits(stage.Commands);
        Assert.That(stage.Loop.Statistics().Limited, Is.GreaterThan(100));
        Assert.That(stage.Loop.Interventions.Total, Is.GreaterThan(100));
    }

    [Test]
    public void RequestStop_InMotion_BrakesIsLatchedAndKeepsCommanding()
    {
        using var stage = new LoopStage();
        stage.RunFresh(30, step: 0.03);
        stage.Loop.Signals.RequestStopFromAnyThread(StopReason.EmergencyStop);
        stage.RunFresh(40, step: 0.03);
        Assert.That(stage.Commands[30..].Select(command => (command.State, command.Reason)), Has.All.EqualTo((LadderState.Stopped, LadderReason.EmergencyStop)));
        Assert.That(stage.Last.Command.Joints[0], Is.EqualTo(stage.Commands[^2].Command.Joints[0]));
        AssertWithinLimits(stage.Commands);
    }

    // Whenever within a tick the request comes, the very next command is STOPPED, and is due no more than a period later.
    [Test]
    public void RequestStop_AtAnyInstant_IsWhatTheNextTickCommands()
    {
        var random = new Random(11);
        for (var trial = 0; trial < 200; trial++)
        {
            using var stage = new LoopStage();
            stage.RunFresh(5 + random.Next(5), step: 0.02);
            var before = stage.Commands.Count;
            stage.Clock.Advance(TimeSpan.FromTicks(random.Next(120_000)));
            var askedAt = MonotonicTime.Now(stage.Clock);
            stage.Loop.Signals.RequestStopFromAnyThread(StopReason.EmergencyStop);
            stage.Run();
            Assert.That(stage.Commands, Has.Count.EqualTo(before + 1));
            Assert.That((stage.Last.State, stage.Last.Reason), Is.EqualTo((LadderState.Stopped, LadderReason.EmergencyStop)));
            Assert.That(stage.Commands[^2].State, Is.Not.EqualTo(LadderState.Stopped));
            Assert.That(stage.Last.TickIndex, Is.EqualTo(stage.Commands[^2].TickIndex + 1));
            Assert.That(stage.Last.Due - askedAt, Is.LessThanOrEqualTo(1_000_000_000 / 82 + 1));
        }
    }

    [Test]
    public void RequestReset_AfterAStop_FollowsOnlyWhatIsPlannedAfterwards()
    {
        using var stage = new LoopStage();
        stage.RunFresh(5);
        stage.Loop.Signals.RequestStopFromAnyThread(StopReason.OperatorStop);
        stage.RunFresh(40);
        stage.Loop.Signals.RequestResetFromAnyThread();
        stage.Run();
        Assert.That((stage.Last.State, stage.Last.Reason), Is.EqualTo((LadderState.Hold, LadderReason.NoTrajectory)));
        stage.RunFresh(1);
        Assert.That(stage.Last.State, Is.EqualTo(LadderState.Fresh));
    }

    // Whoever asked for the reset learns from the commands when it is in force.
    [Test]
    public void RequestReset_IsInForce_CommandsHaveItsNumber()
    {
        using var stage = new LoopStage();
        stage.Run(3);
        var first = stage.Loop.Signals.RequestResetFromAnyThread();
        stage.Run(2);
        var second = stage.Loop.Signals.RequestResetFromAnyThread();
        stage.Run();
        Assert.That((first, second), Is.EqualTo((1, 2)));
        Assert.That(stage.Commands.Select(command => command.Reset), Is.EqualTo([0, 0, 0, 1, 1, 2]));
    }

    [Test]
    public void RequestReset_StopIsAskedForBeforeTheNextTick_CommandIsStoppedWithTheResetInForce()
    {
        using var stage = new LoopStage();
        stage.RunFresh(5);
        stage.Loop.Signals.RequestStopFromAnyThread(StopReason.EmergencyStop);
        stage.Run(40);
        stage.Loop.Signals.RequestResetFromAnyThread();
        stage.Loop.Signals.RequestStopFromAnyThread(StopReason.EmergencyStop);
        stage.Run();
        Assert.That((stage.Last.State, stage.Last.Reason, stage.Last.Reset), Is.EqualTo((LadderState.Stopped, LadderReason.EmergencyStop, 1)));
    }

    [Test]
    public void RequestReset_ArmMovedByHandMeanwhile_GoesOnFromThere()
    {
        using var stage = new LoopStage();
        stage.RunFresh(5);
        stage.Loop.Signals.RequestStopFromAnyThread(StopReason.EmergencyStop);
        stage.Run(40);
        var moved = new RobotCommand(new JointPositions([0.1, -0.7, 0.1, -2, 0.1, 1.5, 0.7]), 0.02);
        stage.Loop.Signals.RequestResetFromAnyThread(moved);
        stage.Run();
        Assert.That(stage.Last.Command.Joints.AsSpan().ToArray(), Is.EqualTo(moved.Joints.AsSpan().ToArray()));
        Assert.That(stage.Last.Command.GripperWidth, Is.EqualTo(0.02));
    }

    [Test]
    public void RequestReset_WhileMoving_DoesNotJumpToTheAnchor()
    {
        using var stage = new LoopStage();
        stage.RunFresh(30, step: 0.03);
        stage.Loop.Signals.RequestResetFromAnyThread(new RobotCommand(new JointPositions([1, 0, 1, -1, 1, 1, 1]), 0));
        stage.RunFresh(1, step: 0.03);
        AssertWithinLimits(stage.Commands);
    }

    [Test]
    public void Lease_NotRenewed_StopsTheArm()
    {
        using var stage = new LoopStage(new RealTimeOptions());
        stage.RunFresh(60);
        Assert.That((stage.Last.State, stage.Last.Reason), Is.EqualTo((LadderState.Stopped, LadderReason.LeaseLapsed)));
    }

    [Test]
    public void Lease_Renewed_GoesOn()
    {
        using var stage = new LoopStage(new RealTimeOptions());
        for (var tick = 0; tick < 200; tick++)
        {
            stage.Loop.Signals.RenewLeaseFromIngress(MonotonicTime.Now(stage.Clock));
            stage.RunFresh(1);
        }
        Assert.That(stage.Commands, Has.All.Property(nameof(TickCommand.State)).EqualTo(LadderState.Fresh));
    }

    [Test]
    public void RunTick_Oversleeps_SkipsWholeTicksAndTheSumIsExact()
    {
        using var stage = new LoopStage();
        var random = new Random(2);
        stage.Waiter.Oversleep = _ => random.Next(5) == 0 ? TimeSpan.FromMilliseconds(random.Next(60)) : TimeSpan.Zero;
        for (var tick = 0; tick < 500; tick++)
        {
            stage.Run();
            var statistics = stage.Loop.Statistics();
            Assert.That(statistics.TicksDue, Is.EqualTo(statistics.CommandsSent + statistics.Missed));
            Assert.That(statistics.TicksDue, Is.EqualTo(stage.Last.TickIndex + 1));
        }
        Assert.That(stage.Commands.Select(command => command.TickIndex), Is.Ordered.Ascending);
        Assert.That(stage.Loop.Statistics().Missed, Is.GreaterThan(50));
    }

    [Test]
    public void RunTick_Oversleeps_LatenessCountsFromTheTicksInstant()
    {
        using var stage = new LoopStage();
        stage.Waiter.Oversleep = static wait => wait == 2 ? TimeSpan.FromTicks(121_951 + 30_000) : TimeSpan.Zero;
        stage.Run(5);
        var statistics = stage.Loop.Statistics();
        Assert.That(statistics.LateOver1Ms, Is.EqualTo(1));
        Assert.That(statistics.Lateness.MaxUs, Is.EqualTo(3000).Within(1).Percent);
        var late = stage.Loop.FlightRecorder.Snapshot()[2];
        Assert.That((double)late.WakeLatenessNs, Is.EqualTo(3_000_000).Within(500));
        Assert.That(late.PostLatenessNs, Is.GreaterThanOrEqualTo(late.WakeLatenessNs));
    }

    [Test]
    public void FlightRecorder_MoreTicksThanItHolds_HasTheLastOnesAsPosted()
    {
        using var stage = new LoopStage(new RealTimeOptions { FlightRecorderTicks = 50, LeaseTimeout = TimeSpan.FromMinutes(1) });
        stage.RunFresh(130);
        var recorded = stage.Loop.FlightRecorder.Snapshot();
        Assert.That(recorded.Select(record => record.Command.TickIndex), Is.EqualTo(Enumerable.Range(80, 50)));
        Assert.That(recorded.Select(record => record.Command.ObservationId), Is.EqualTo(stage.Commands[80..].Select(command => command.ObservationId)));
    }

    [Test]
    public void Constructor_WrongOptionsOrTimeline_Refuses()
    {
        var clock = new OddClock();
        using var waiter = new AdvancingTickWaiter(clock);
        using var ring = new CommandRing();
        var profile = TestProfile.Create();
        Assert.That(() => new DeadlineLoop(new RealTimeOptions { ControlRateHz = 0, WarmUpTicks = 0 }, profile, clock, waiter, new TrajectoryTimeline(16, 7), ring),
            Throws.ArgumentException.With.Message.Contains("ControlRateHz").And.Message.Contains("WarmUpTicks"));
        Assert.That(() => new DeadlineLoop(new RealTimeOptions(), profile, clock, waiter, new TrajectoryTimeline(16, 6), ring),
            Throws.ArgumentException.With.Message.Contains("6 joints"));
    }

    [Test]
    public void Statistics_LoopNeverWakesAgain_ClockSaysWhatItOwes()
    {
        using var stage = new LoopStage();
        stage.Run(10);
        stage.Clock.Advance(TimeSpan.FromMilliseconds(1001));
        var statistics = stage.Loop.Statistics();
        Assert.Multiple(() =>
        {
            Assert.That((statistics.TicksDue, statistics.Missed), Is.EqualTo((10, 0)), "the loop itself does not know");
            Assert.That(statistics.Overdue, Is.EqualTo(81), "of 82 ticks in this second the last may still be served");
            Assert.That(statistics.ElapsedNs, Is.EqualTo(9e9 / 82 + 1.001e9).Within(1000));
        });
    }

    [Test]
    public void Statistics_TickIsUnderWay_OwesNothing()
    {
        using var stage = new LoopStage();
        Assert.That((stage.Loop.Statistics().Overdue, stage.Loop.Statistics().ElapsedNs), Is.EqualTo((0, 0)), "before the first tick");
        stage.Run(10);
        stage.Clock.Advance(TimeSpan.FromMilliseconds(20));
        Assert.That(stage.Loop.Statistics().Overdue, Is.Zero);
    }

    private static void AssertWithinLimits(List<TickCommand> commands)
    {
        const double Rounding = 1e-9;
        var profile = TestProfile.Create();
        for (var joint = 0; joint < 7; joint++)
        {
            var (last, velocity, acceleration) = (TestProfile.Rest[joint], 0.0, 0.0);
            foreach (var command in commands)
            {
                var position = command.Command.Joints[joint];
                var nextVelocity = (position - last) * 82;
                var nextAcceleration = (nextVelocity - velocity) * 82;
                var jerk = (nextAcceleration - acceleration) * 82;
                Assert.That(position, Is.InRange(profile.PositionLowerRad[joint] - Rounding, profile.PositionUpperRad[joint] + Rounding));
                Assert.That(Math.Abs(nextVelocity), Is.LessThanOrEqualTo(profile.VelocityLimitRadPerS[joint] + Rounding));
                Assert.That(Math.Abs(nextAcceleration), Is.LessThanOrEqualTo(profile.AccelerationLimitRadPerS2[joint] + Rounding));
                Assert.That(Math.Abs(jerk), Is.LessThanOrEqualTo(profile.JerkLimitRadPerS3[joint] + 1e-6));
                (last, velocity, acceleration) = (position, nextVelocity, nextAcceleration);
            }
        }
    }
}
