using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.RealTime;
using DiVLA.Control.Robot;
using DiVLA.Control.Service.Sessions;
using DiVLA.Control.Simulator.Arm;
using Microsoft.Extensions.Time.Testing;

namespace DiVLA.Control.Service.Tests.Sessions.Statistics;

/// <summary>The measures of a loop on simulated time, with the test in the egress' place.</summary>
[TestFixture]
internal sealed class SessionMeasuresTests
{
    private const int Ticks = 82;
    private readonly FakeTimeProvider _clock = new();

    [Test]
    public void Read_LoopNeverWakesAgain_ShowsMissesAndARateBelowThePromise()
    {
        using var stage = new Stage(_clock, ringCapacity: 128);
        stage.SendAll();
        var before = stage.Measures.Read(isOver: false);
        _clock.Advance(TimeSpan.FromSeconds(1));
        var stalled = stage.Measures.Read(isOver: false);
        stage.Loop.Stop();
        _clock.Advance(TimeSpan.FromSeconds(1));
        var over = stage.Measures.Read(isOver: true);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((before.TicksDue, before.CommandsSent, before.Missed), Is.EqualTo((82, 82, 0)));
            Assert.That(before.Seconds, Is.EqualTo(81 / 82.0).Within(1e-6));
            Assert.That(stalled.CommandsSent, Is.EqualTo(82));
            Assert.That(stalled.Missed, Is.EqualTo(81).Within(1));
            Assert.That(stalled.LongestMissedRun, Is.EqualTo(stalled.Missed));
            Assert.That(stalled.TicksDue, Is.EqualTo(stalled.CommandsSent + stalled.Missed));
            Assert.That(stalled.CommandHz, Is.EqualTo(82 * 81.0 / (81 + stalled.Missed)).Within(1e-3));
            Assert.That((over.Seconds, over.TicksDue, over.Missed), Is.EqualTo((stalled.Seconds, stalled.TicksDue, stalled.Missed)), "a stop ends what is owed");
        }
    }

    [Test]
    public void Read_CommandsWaitForTheTransport_TheyAreUnderWayAndLateOnesAreMissed()
    {
        using var stage = new Stage(_clock, ringCapacity: 64);
        var waiting = stage.Measures.Read(isOver: false);
        stage.SendAll();
        stage.Loop.Stop();
        var over = stage.Measures.Read(isOver: true);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((waiting.TicksDue, waiting.CommandsSent, waiting.Missed), Is.EqualTo((18, 0, 18)), "the ring holds 64; older ones are lost");
            Assert.That((over.TicksDue, over.CommandsSent, over.Missed), Is.EqualTo((82, 64, 18)));
        }
    }

    private sealed class Stage : IDisposable
    {
        private readonly PolicyBundle _bundle = PolicyBundle.Load(TestServer.Options.BundleDirectory, TestServer.Options.Policy);
        private readonly Policy.DiffusionVlaPolicy _policy;
        private readonly StuckTickWaiter _waiter;
        private readonly CommandRing _ring;

        public Stage(FakeTimeProvider clock, int ringCapacity)
        {
            _ring = new CommandRing(ringCapacity);
            var options = TestServer.Options.RealTime with { LeaseTimeout = TimeSpan.FromMinutes(1) };
            _policy = _bundle.CreatePolicy("panda", 1, clock);
            _waiter = new StuckTickWaiter(clock, Ticks);
            Loop = new DeadlineLoop(options, Sample.Profile, clock, _waiter, new TrajectoryTimeline(16, 7), _ring);
            Measures = new SessionMeasures(options, _policy, Loop, _ring, new ObservationMailbox([]), new ClockOffset());
            Loop.Start(new RobotCommand(new JointPositions(ArmProfiles.Panda.RestRad), 0.08));
            _waiter.WaitUntilStuck();
        }

        public DeadlineLoop Loop { get; }

        public SessionMeasures Measures { get; }

        public void SendAll()
        {
            while (_ring.TryTakeFromEgress(out var command)) Measures.Commands.RecordSent(command, command.Due);
        }

        public void Dispose()
        {
            Loop.Stop();
            _policy.Dispose();
            _bundle.Dispose();
            _ring.Dispose();
            _waiter.Dispose();
        }
    }
}
