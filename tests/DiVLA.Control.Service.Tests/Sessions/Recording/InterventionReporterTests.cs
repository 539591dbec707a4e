using DiVLA.Control.RealTime;
using DiVLA.Control.Robot;
using DiVLA.Control.Service.Sessions;
using DiVLA.Control.Simulator.Arm;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace DiVLA.Control.Service.Tests.Sessions.Recording;

[TestFixture]
internal sealed class InterventionReporterTests
{
    private const int Ticks = 20;
    private readonly FakeTimeProvider _clock = new();
    private readonly Lines _lines = new();

    [Test]
    public void Limiter_ChangesATick_LargestChangeOfEachJointIsSaidOnceASecond()
    {
        using var waiter = new StuckTickWaiter(_clock, Ticks);
        using var ring = new CommandRing();
        var timeline = new TrajectoryTimeline(16, 7);
        var options = TestServer.Options.RealTime with { LeaseTimeout = TimeSpan.FromMinutes(1), MaxTrajectoryAge = TimeSpan.FromMinutes(1), MaxObservationAge = TimeSpan.FromMinutes(1) };
        var loop = new DeadlineLoop(options, Sample.Profile, _clock, waiter, timeline, ring);
        var reporter = new InterventionReporter(loop.Interventions, Sample.Profile.JointNames, new SessionLog(_lines, "s", "r", _clock), _clock);
        PublishFarJump(timeline);
        loop.Signals.ObserveFromIngress(1, MonotonicTime.Now(_clock));
        reporter.Report();
        var before = _lines.Said.Count;
        loop.Start(new RobotCommand(new JointPositions(ArmProfiles.Panda.RestRad), 0.08));
        waiter.WaitUntilStuck();
        reporter.Report();
        var said = _lines.Said.ToArray();
        loop.Stop();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(before, Is.Zero);
            Assert.That(said, Has.Length.EqualTo(1), "one joint is asked to jump");
            Assert.That(said[0], Does.Contain(Sample.Profile.JointNames[0]).And.Contain("1.5 wanted").And.Contain($"of {loop.Interventions.Total} changes"));
        }
    }

    private void PublishFarJump(TrajectoryTimeline timeline)
    {
        var trajectory = timeline.BeginFromPolicy();
        trajectory.ObservationId = 1;
        trajectory.ObservationTime = MonotonicTime.Now(_clock);
        trajectory.Anchor = new JointPositions(ArmProfiles.Panda.RestRad);
        trajectory.FirstSampleOffsetNs = 1_000_000;
        trajectory.SamplePeriodNs = 1_000_000_000;
        trajectory.Outcome = TrajectoryOutcome.Good;
        trajectory.GripperWidths.Fill(0.08);
        for (var sample = 0; sample < trajectory.Horizon; sample++)
        {
            ArmProfiles.Panda.RestRad.CopyTo(trajectory.JointsAt(sample));
            trajectory.JointsAt(sample)[0] = 1.5;
        }
        timeline.PublishFromPolicy();
    }

    private sealed class Lines : ILogger
    {
        public List<string> Said { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Said.Add(formatter(state, exception));
    }
}
