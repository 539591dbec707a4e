using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.RealTime;
using DiVLA.Control.Robot;
using DiVLA.Control.Service.Records;
using DiVLA.Control.Service.Sessions;
using DiVLA.Control.Service.Telemetry;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace DiVLA.Control.Service.Tests.Sessions.Egress;

/// <summary>Nobody who looks on can keep a command back: counted, command by command, with watchers that never read and a record that is never written.</summary>
[TestFixture]
internal sealed class DeadWatchersTests
{
    private const int Watchers = 32;
    private const int WatcherBacklog = 32;
    private const int Ticks = 5000;
    private const int AtOnce = 16;

    [Test]
    public async Task Watchers_NeverRead_EveryCommandIsSentAndWhatTheyMissIsCounted()
    {
        using var bundle = PolicyBundle.Load(TestServer.Options.BundleDirectory, TestServer.Options.Policy);
        using var policy = bundle.CreatePolicy("panda", 1, TimeProvider.System);
        using var ring = new CommandRing();
        var (boards, statistics, responses) = (new SessionBoards(Watchers), new CommandStatistics(), new CountingResponses());
        var record = new SessionRecord(new SessionFacts("s", "r", "panda", "b", []), MonotonicTime.Now(TimeProvider.System), queuedTicks: 1024);
        var watches = Enumerable.Range(0, Watchers).Select(_ => boards.States.TryWatch()!).ToArray();
        var egress = Egress(ring, responses, statistics, boards, record, policy);
        egress.Start(TestServer.Options.RealTime);
        for (var tick = 0; tick < Ticks; tick++)
        {
            ring.PostFromLoop(Tick(tick));
            // As many as the ring can hold: the egress is to fail by waiting, not by being flooded.
            if (tick % AtOnce == AtOnce - 1) responses.WaitFor(tick + 1);
        }
        ring.CompleteFromAnyThread();
        await egress.Completion;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(responses.Ticks, Is.EqualTo(Enumerable.Range(0, Ticks)));
            Assert.That((statistics.Read().Sent, statistics.Read().Unsent, ring.Dropped), Is.EqualTo(((long)Ticks, 0L, 0L)));
            // Every tick is a change of state, and the first that each watch has is from before them.
            Assert.That(watches.Select(watch => watch.TakeSkipped()), Is.All.EqualTo(Ticks + 1 - WatcherBacklog));
            Assert.That((record.Ticks.Count, record.Lost), Is.EqualTo((1024, (long)Ticks - 1024)));
        }
    }

    private static CommandEgress Egress(
        CommandRing ring, CountingResponses responses, CommandStatistics statistics, SessionBoards boards, SessionRecord record, Policy.DiffusionVlaPolicy policy)
    {
        var clock = TimeProvider.System;
        var (options, log) = (TestServer.Options.RealTime, new SessionLog(NullLogger.Instance, "s", "r", clock));
        var waiter = new SleepThenSpinTickWaiter(clock, TimeSpan.Zero);
        var loop = new DeadlineLoop(options, Sample.Profile, clock, waiter, new TrajectoryTimeline(1, Sample.Profile.JointCount), ring);
        var news = new SessionNews();
        var reporter = new SessionReporter(
            policy, new LadderWatch(), boards, record, new PolicyFaultBox(), news, statistics,
            new InterventionReporter(loop.Interventions, [], log, clock), new FlightLog(null, "s", [], loop, log), log, clock);
        return new CommandEgress(ring, responses, new PlanTraces(), statistics, new TickTraceQueue(), news, reporter, new ActionMessage(new ClockOffset(), withStageTimes: false), clock);
    }

    private static TickCommand Tick(int tick) => tick % 2 == 0 ? Sample.Command(tick) : Sample.Command(tick, LadderState.Hold, LadderReason.ObservationTooOld);

    private sealed class CountingResponses : IServerStreamWriter<Wire.ControlResponse>
    {
        private readonly List<int> _ticks = [];
        private readonly SemaphoreSlim _written = new(0);
        private int _seen;

        public WriteOptions? WriteOptions { get; set; }

        public IReadOnlyList<int> Ticks => _ticks;

        public Task WriteAsync(Wire.ControlResponse message)
        {
            if (message.Action is not { } action) return Task.CompletedTask;
            _ticks.Add((int)action.Tick);
            _written.Release();
            return Task.CompletedTask;
        }

        public void WaitFor(int count)
        {
            for (; _seen < count; _seen++) _written.Wait();
        }
    }
}
