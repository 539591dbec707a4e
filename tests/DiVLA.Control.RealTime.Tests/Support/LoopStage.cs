using DiVLA.Control.Robot;

namespace DiVLA.Control.RealTime.Tests;

/// <summary>A loop with everything around it, driven tick by tick by the test's own thread on simulated time.</summary>
internal sealed class LoopStage : ICommandEgress, IDisposable
{
    public const int Horizon = 16;
    private readonly EmbodimentProfile _profile;
    private long _observation;

    public LoopStage(RealTimeOptions? options = null, EmbodimentProfile? profile = null)
    {
        _profile = profile ?? TestProfile.Create();
        Waiter = new AdvancingTickWaiter(Clock);
        Timeline = new TrajectoryTimeline(Horizon, _profile.JointCount);
        Loop = new DeadlineLoop(options ?? new RealTimeOptions { LeaseTimeout = TimeSpan.FromMinutes(1) }, _profile, Clock, Waiter, Timeline, this);
        Start = MonotonicTime.Now(Clock) + 100_000_000;
        Loop.Begin(TestProfile.RestPosition, MonotonicTime.Now(Clock), Start);
    }

    public OddClock Clock { get; } = new();

    public AdvancingTickWaiter Waiter { get; }

    public TrajectoryTimeline Timeline { get; }

    public DeadlineLoop Loop { get; }

    public MonotonicTime Start { get; }

    public List<TickCommand> Commands { get; } = [];

    public TickCommand Last => Commands[^1];

    public void PostFromLoop(in TickCommand command) => Commands.Add(command);

    /// <summary>Serves ticks.</summary>
    public void Run(int ticks = 1)
    {
        for (var tick = 0; tick < ticks; tick++)
            Loop.RunTick();
    }

    /// <summary>A new observation, now.</summary>
    public long Observe()
    {
        Loop.Signals.ObserveFromIngress(++_observation, MonotonicTime.Now(Clock));
        return _observation;
    }

    /// <summary>A trajectory from the newest observation that moves every joint by <paramref name="step"/> rad a sample and closes the gripper at the end.</summary>
    public Trajectory Publish(double step = 0.001, TrajectoryOutcome outcome = TrajectoryOutcome.Good, Action<Trajectory>? change = null)
    {
        var trajectory = Timeline.BeginFromPolicy();
        trajectory.ObservationId = _observation;
        trajectory.ObservationTime = MonotonicTime.Now(Clock);
        trajectory.Anchor = Commands.Count == 0 ? TestProfile.RestPosition.Joints : Last.Command.Joints;
        trajectory.FirstSampleOffsetNs = trajectory.SamplePeriodNs = 48_780_488;
        trajectory.PhraseId = 7;
        trajectory.PhraseState = PhraseState.Verified;
        trajectory.Outcome = outcome;
        for (var sample = 0; sample < Horizon; sample++)
        {
            trajectory.GripperWidths[sample] = sample < 8 ? 0.08 : 0;
            for (var joint = 0; joint < _profile.JointCount; joint++)
                trajectory.JointsAt(sample)[joint] = trajectory.Anchor[joint] + step * (sample + 1);
        }
        change?.Invoke(trajectory);
        Timeline.PublishFromPolicy();
        return trajectory;
    }

    /// <summary>Observes, plans and serves, tick after tick.</summary>
    public void RunFresh(int ticks, double step = 0.001)
    {
        for (var tick = 0; tick < ticks; tick++)
        {
            Observe();
            Publish(step);
            Run();
        }
    }

    public void Dispose() => Waiter.Dispose();
}
