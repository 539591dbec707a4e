using DiVLA.Control.Robot;

namespace DiVLA.Control.RealTime.Tests;

/// <summary>The loop on a thread of its own.</summary>
internal sealed class DeadlineLoopThreadTests
{
    private static readonly RealTimeOptions Options = new()
    {
        FifoPriority = 0,
        LockMemory = false,
        LeaseTimeout = TimeSpan.FromMinutes(1),
        FlightRecorderTicks = 64,
        InterventionLogSize = 16,
        WarmUpTicks = 2000,
    };

    [Test]
    public void Start_ThousandsOfTicksOnEveryRung_AllocatesNothingAfterWarmUp()
    {
        var clock = new SteppedClock();
        using var waiter = new SteppedTickWaiter(clock, ticks: 12_000);
        var timeline = new TrajectoryTimeline(16, 7);
        using var ring = new CommandRing();
        var policy = new PolicyInsideTheEgress(timeline, ring);
        var loop = new DeadlineLoop(Options, TestProfile.Create(), clock, waiter, timeline, policy);
        policy.Signals = loop.Signals;
        loop.Start(TestProfile.RestPosition, MonotonicTime.Now(clock) + 1_000_000);
        waiter.WaitForEnd();
        var statistics = loop.Statistics();
        loop.Stop();
        Assert.Multiple(() =>
        {
            Assert.That(statistics.CommandsSent, Is.EqualTo(12_000));
            Assert.That(statistics.TicksAfterWarmUp, Is.EqualTo(10_000));
            Assert.That(statistics.BytesAllocated, Is.Zero);
            Assert.That(new[] { statistics.Fresh, statistics.Reused, statistics.Hold, statistics.Missed, statistics.Limited }, Has.All.GreaterThan(500));
            Assert.That(statistics.TicksDue, Is.EqualTo(statistics.CommandsSent + statistics.Missed));
        });
    }

    [Test]
    public void Stop_WhileTheLoopWaits_EndsTheThreadWithoutAnotherCommand()
    {
        var clock = new SteppedClock();
        using var waiter = new SteppedTickWaiter(clock, ticks: 5);
        using var ring = new CommandRing();
        var loop = new DeadlineLoop(Options, TestProfile.Create(), clock, waiter, new TrajectoryTimeline(16, 7), ring);
        loop.Start(TestProfile.RestPosition, MonotonicTime.Now(clock));
        waiter.WaitForEnd();
        loop.Stop();
        Assert.That(loop.Completion.Wait(TimeSpan.FromMinutes(1)), Is.True);
        Assert.That(loop.Statistics().CommandsSent, Is.EqualTo(5));
    }

    [Test]
    public void Stop_ClockGoesOn_NothingMoreIsOwed()
    {
        var clock = new SteppedClock();
        using var waiter = new SteppedTickWaiter(clock, ticks: 5);
        using var ring = new CommandRing();
        var loop = new DeadlineLoop(Options, TestProfile.Create(), clock, waiter, new TrajectoryTimeline(16, 7), ring);
        loop.Start(TestProfile.RestPosition, MonotonicTime.Now(clock));
        waiter.WaitForEnd();
        var asked = MonotonicTime.Now(clock);
        loop.Stop();
        clock.AdvanceTo(asked + 5_000_000_000);
        var statistics = loop.Statistics();
        Assert.That((statistics.ElapsedNs, statistics.Overdue), Is.EqualTo((asked - loop.FirstDue, 0L)));
    }

    [Test]
    public void Start_Twice_Throws()
    {
        var clock = new SteppedClock();
        using var waiter = new SteppedTickWaiter(clock, ticks: 1);
        using var ring = new CommandRing();
        var loop = new DeadlineLoop(Options, TestProfile.Create(), clock, waiter, new TrajectoryTimeline(16, 7), ring);
        loop.Start(TestProfile.RestPosition);
        Assert.That(() => loop.Start(TestProfile.RestPosition), Throws.InvalidOperationException);
        loop.Stop();
    }

    [Test]
    public void Start_PositionThatTheArmCannotHave_Throws()
    {
        using var waiter = new SteppedTickWaiter(new SteppedClock(), ticks: 1);
        using var ring = new CommandRing();
        var loop = new DeadlineLoop(Options, TestProfile.Create(), new SteppedClock(), waiter, new TrajectoryTimeline(16, 7), ring);
        Assert.That(() => loop.Start(new RobotCommand(new JointPositions([1, 2, double.NaN]), 0)), Throws.ArgumentException);
    }

    [Test]
    public void Completion_EgressBreaksItsPromise_IsFaultedWithTheCause()
    {
        var clock = new SteppedClock();
        using var waiter = new SteppedTickWaiter(clock, ticks: 5);
        var loop = new DeadlineLoop(Options, TestProfile.Create(), clock, waiter, new TrajectoryTimeline(16, 7), new BrokenEgress());
        loop.Start(TestProfile.RestPosition, MonotonicTime.Now(clock));
        Assert.That(async () => await loop.Completion, Throws.InvalidOperationException.With.Message.EqualTo("broken"));
    }

    [Test]
    public void Start_RealClock_PostsOneCommandATickAndTheSumIsExact()
    {
        using var waiter = new SleepThenSpinTickWaiter(TimeProvider.System, TimeSpan.FromMicroseconds(50));
        using var ring = new CommandRing(1024);
        var loop = new DeadlineLoop(Options with { ControlRateHz = 500 }, TestProfile.Create(), TimeProvider.System, waiter, new TrajectoryTimeline(16, 7), ring);
        var report = loop.Start(TestProfile.RestPosition);
        var received = new List<TickCommand>();
        while (received.Count < 100 && ring.WaitFromEgress(TimeSpan.FromSeconds(10)))
            while (ring.TryTakeFromEgress(out var command))
                received.Add(command);
        loop.Stop();
        var statistics = loop.Statistics();
        Assert.That(report.Results, Has.Count.EqualTo(4));
        Assert.That(statistics.TicksDue, Is.EqualTo(statistics.CommandsSent + statistics.Missed));
        Assert.That(received.Select(command => command.TickIndex), Is.Ordered.Ascending);
        var schedule = new DeadlineSchedule(loop.FirstDue, 500);
        Assert.That(received.Select(command => command.Due), Is.EqualTo(received.Select(command => schedule.DueAt(command.TickIndex))));
    }

    /// <summary>Plans on the loop's own thread, so that one thread's allocations are all there are: sometimes nothing, sometimes rubbish, sometimes far away.</summary>
    private sealed class PolicyInsideTheEgress(TrajectoryTimeline timeline, CommandRing ring) : ICommandEgress
    {
        public LoopSignals? Signals { get; set; }

        public void PostFromLoop(in TickCommand command)
        {
            ring.PostFromLoop(command);
            var phase = command.TickIndex % 400;
            if (phase < 340) Signals!.ObserveFromIngress(command.TickIndex + 1, command.Due);
            if (phase is < 200 or > 230 and < 340) Publish(command, phase);
        }

        private void Publish(in TickCommand command, long phase)
        {
            var trajectory = timeline.BeginFromPolicy();
            trajectory.ObservationId = command.TickIndex + 1;
            trajectory.ObservationTime = command.Due;
            trajectory.Anchor = command.Command.Joints;
            trajectory.FirstSampleOffsetNs = trajectory.SamplePeriodNs = 50_000_000;
            trajectory.Outcome = phase is > 100 and < 115 ? TrajectoryOutcome.KinematicsMismatch : TrajectoryOutcome.Good;
            trajectory.GripperWidths.Fill(phase < 50 ? 0.08 : 0);
            for (var sample = 0; sample < trajectory.Horizon; sample++)
                for (var joint = 0; joint < 7; joint++)
                    trajectory.JointsAt(sample)[joint] = trajectory.Anchor[joint] + (sample + 1) * (phase < 50 ? 0.1 : -0.001);
            timeline.PublishFromPolicy();
        }
    }

    private sealed class BrokenEgress : ICommandEgress
    {
        public void PostFromLoop(in TickCommand command) => throw new InvalidOperationException("broken");
    }

    /// <summary>Simulated time of an odd frequency that allocates nothing.</summary>
    private sealed class SteppedClock : TimeProvider
    {
        private long _timestamp = 12_345_678_901;

        public override long TimestampFrequency => 7_654_321;

        public override long GetTimestamp() => _timestamp;

        public void AdvanceTo(MonotonicTime instant)
        {
            while (MonotonicTime.Now(this) < instant)
                _timestamp += Math.Max(1, (long)((Int128)(instant - MonotonicTime.Now(this)) * TimestampFrequency / 1_000_000_000));
        }
    }

    /// <summary>Oversleeps by some ticks now and then; after the last tick it stands still until the loop is stopped.</summary>
    private sealed class SteppedTickWaiter(SteppedClock clock, int ticks) : ITickWaiter, IDisposable
    {
        private readonly ManualResetEventSlim _woken = new();
        private readonly ManualResetEventSlim _finished = new();
        private int _waits;

        public MonotonicTime WaitUntil(MonotonicTime deadline)
        {
            if (_waits++ == ticks)
            {
                _finished.Set();
                _woken.Wait();
            }
            // Collections take back what a thread has left of its piece of the heap, and count it as allocated.
            if (_waits % 3_000 == 0) GC.Collect();
            clock.AdvanceTo(deadline + (_waits % 20 == 0 ? 30_000_000 : 0));
            return MonotonicTime.Now(clock);
        }

        public void WakeFromAnyThread() => _woken.Set();

        public void WaitForEnd() => _finished.Wait();

        public void Dispose()
        {
            _woken.Dispose();
            _finished.Dispose();
        }
    }
}
