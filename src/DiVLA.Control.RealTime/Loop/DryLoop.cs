using DiVLA.Control.Robot;

namespace DiVLA.Control.RealTime;

/// <summary>The whole loop without its thread and its waiting: every tick on its instant, as fast as the caller goes. For trying out an arm without one.</summary>
/// <remarks>Ladder, sampler and limiter are the real ones. One thread.</remarks>
public sealed class DryLoop
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);

    private readonly LastCommand _egress = new();
    private readonly TrajectoryTimeline _timeline;
    private readonly DeadlineLoop _loop;
    private readonly double _tickNs;
    private long _tick = -1;

    /// <summary>Places the arm at rest.</summary>
    /// <param name="profile">Its limits and its control rate.</param>
    /// <param name="horizon">Samples of a trajectory.</param>
    /// <param name="start">Where the arm is.</param>
    /// <exception cref="ArgumentException">The profile's limits are wrong; names every fault.</exception>
    public DryLoop(EmbodimentProfile profile, int horizon, in RobotCommand start)
    {
        var options = new RealTimeOptions { ControlRateHz = profile.ControlRateHz, LeaseTimeout = _patience };
        _tickNs = 1e9 / profile.ControlRateHz;
        _timeline = new TrajectoryTimeline(horizon, profile.JointCount);
        _loop = new DeadlineLoop(options, profile, TimeProvider.System, new PunctualTickWaiter(), _timeline, _egress);
        _loop.Begin(start, default, default);
    }

    /// <summary>What the limiter changed.</summary>
    public InterventionLog Interventions => _loop.Interventions;

    /// <summary>Starts a trajectory that follows from an observation at the last tick.</summary>
    /// <param name="anchor">Commanded joints at that tick.</param>
    /// <param name="samplePeriodTicks">Ticks from one sample to the next, and to the first.</param>
    /// <returns>To be filled with the samples, then published.</returns>
    public Trajectory BeginTrajectory(in JointPositions anchor, int samplePeriodTicks)
    {
        var trajectory = _timeline.BeginFromPolicy();
        trajectory.ObservationId = _tick + 1;
        trajectory.ObservationTime = TimeOf(_tick);
        trajectory.Anchor = anchor;
        trajectory.FirstSampleOffsetNs = trajectory.SamplePeriodNs = (long)Math.Round(samplePeriodTicks * _tickNs);
        return trajectory;
    }

    /// <summary>Makes the filled trajectory the newest.</summary>
    /// <param name="outcome">Whether it may be followed.</param>
    public void Publish(TrajectoryOutcome outcome)
    {
        _timeline.BeginFromPolicy().Outcome = outcome;
        _timeline.PublishFromPolicy();
        _loop.Signals.ObserveFromIngress(_tick + 1, TimeOf(_tick));
    }

    /// <summary>Serves the next tick.</summary>
    public TickCommand RunTick()
    {
        _loop.Signals.RenewLeaseFromIngress(TimeOf(_tick + 1));
        _loop.RunTick();
        _tick = _egress.Command.TickIndex;
        return _egress.Command;
    }

    private MonotonicTime TimeOf(long tick) => new((long)Math.Round(Math.Max(tick, 0) * _tickNs));

    private sealed class LastCommand : ICommandEgress
    {
        public TickCommand Command { get; private set; }

        public void PostFromLoop(in TickCommand command) => Command = command;
    }
}
