using DiVLA.Control.Robot;

namespace DiVLA.Control.RealTime;

/// <summary>Runs a throw-away loop through every rung, so that the code of the real one is compiled before its first deadline.</summary>
internal static class LoopRehearsal
{
    private const int Ticks = 64;
    private const int TicksAPart = 16;
    private const int Horizon = 4;
    private const long SamplePeriodNs = 1_000_000_000;

    /// <summary>Takes some tens of milliseconds the first time in a process and next to nothing afterwards. Called before the loop's thread is started, which shall not allocate.</summary>
    public static void Run(RealTimeOptions options, EmbodimentProfile profile)
    {
        var stage = new Stage(options, profile);
        for (var tick = 0; tick < Ticks; tick++)
        {
            if (tick < 3 * TicksAPart) stage.Publish(tick, isFar: tick >= TicksAPart);
            if (tick == Ticks - TicksAPart / 2) stage.Loop.Signals.RequestStopFromAnyThread(StopReason.OperatorStop);
            stage.Loop.RunTick();
        }
        stage.Loop.Statistics();
        stage.Ring.Dispose();
    }

    private sealed class Stage
    {
        private readonly TrajectoryTimeline _timeline;
        private readonly double[] _middle;
        private readonly double[] _far;

        public Stage(RealTimeOptions options, EmbodimentProfile profile)
        {
            var patience = TimeSpan.FromMinutes(1);
            var patient = options with { MaxTrajectoryAge = patience, MaxObservationAge = patience, LeaseTimeout = patience };
            _timeline = new TrajectoryTimeline(Horizon, profile.JointCount);
            _far = profile.PositionUpperRad;
            _middle = [.. profile.PositionLowerRad.Zip(_far, (lower, upper) => (lower + upper) / 2)];
            Loop = new DeadlineLoop(patient, profile, TimeProvider.System, new PunctualTickWaiter(), _timeline, Ring);
            Loop.Begin(new RobotCommand(new JointPositions(_middle), profile.Gripper.OpenWidthM), default, default);
        }

        public CommandRing Ring { get; } = new();

        public DeadlineLoop Loop { get; }

        public void Publish(int tick, bool isFar)
        {
            var trajectory = _timeline.BeginFromPolicy();
            trajectory.ObservationId = tick + 1;
            trajectory.ObservationTime = default;
            trajectory.Anchor = new JointPositions(_middle);
            trajectory.FirstSampleOffsetNs = SamplePeriodNs;
            trajectory.SamplePeriodNs = SamplePeriodNs;
            trajectory.Outcome = TrajectoryOutcome.Good;
            for (var sample = 0; sample < Horizon; sample++)
                (isFar ? _far : _middle).CopyTo(trajectory.JointsAt(sample));
            _timeline.PublishFromPolicy();
            Loop.Signals.ObserveFromIngress(tick + 1, default);
        }
    }
}
