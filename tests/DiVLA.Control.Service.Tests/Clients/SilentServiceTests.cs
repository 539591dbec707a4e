using System.Threading.Channels;
using DiVLA.Control.Client;
using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.Simulator.Robot;
using Microsoft.Extensions.Time.Testing;

namespace DiVLA.Control.Service.Tests.Clients;

/// <summary>The client against a service whose connection stays open and says nothing any more. Time is the test's.</summary>
[TestFixture]
internal sealed class SilentServiceTests
{
    private const int ActionsBeforeSilence = 5;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1 / 82.0);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly WatchedClock _clock = new();
    private readonly RecordingRobot _robot = new();

    [Test]
    public async Task Service_GoesQuietWithoutClosing_RobotHoldsGivesUpAndResumes()
    {
        await using var service = await ScriptedService.StartAsync(
            call => call.AcceptAndActAsync("session-1", ActionsBeforeSilence),
            _ => ScriptedService.Call.FailAsync(),
            _ => ScriptedService.Call.FailAsync(),
            call => call.AcceptAndActAsync("session-2", actions: 1));
        await using var client = new RobotControlClient(Options(service.Address), _robot);
        var driving = client.RunAsync(CancellationToken.None);

        var first = await service.OpenedAsync();
        for (var action = 0; action < ActionsBeforeSilence; action++) await _robot.NextAsync("action");
        for (var silent = TimeSpan.Zero; silent < TimeSpan.FromMilliseconds(300); silent += Period) _clock.Advance(Period);
        var hold = await _robot.NextAsync("hold");
        var resumed = new List<string>();
        foreach (var pause in new[] { 50, 100, 200 })
        {
            var lost = await _robot.NextAsync("lost");
            Assert.That(lost.Loss!.ReconnectDelay.TotalMilliseconds, Is.EqualTo(pause));
            await _clock.TimerAsync(lost.Loss.ReconnectDelay);
            _clock.Advance(lost.Loss.ReconnectDelay);
            resumed.Add((await service.OpenedAsync()).ResumeSessionId);
        }
        await _robot.NextAsync("action");
        client.Stop("test");
        var summary = await driving.WaitAsync(Patience);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(first.ResumeSessionId, Is.Empty);
            Assert.That((hold.Action.State, hold.Action.Reason), Is.EqualTo((Wire.LadderState.Hold, Wire.LadderReason.ServiceSilent)));
            Assert.That(resumed, Is.EqualTo(["session-1", "session-1", "session-1"]));
            Assert.That(_robot.FirstLoss, Does.Contain("no action for 250 ms"));
            Assert.That(summary!.SessionId, Is.EqualTo("session-2"));
        }
    }

    // A large model may be in the middle of a plan: the summary comes when that is done.
    [Test]
    public async Task Service_TakesLongToSumUp_RobotThatAskedToEndWaitsForTheSummary()
    {
        var mayEnd = new TaskCompletionSource();
        await using var service = await ScriptedService.StartAsync(call => call.AcceptAndActAsync("session-1", actions: 1, mayEnd.Task));
        await using var client = new RobotControlClient(Options(service.Address), _robot);
        var driving = client.RunAsync(CancellationToken.None);
        await _robot.NextAsync("action");
        client.Stop("test");
        for (var silent = TimeSpan.Zero; silent < TimeSpan.FromSeconds(4); silent += Period) _clock.Advance(Period);
        mayEnd.SetResult();
        var summary = await driving.WaitAsync(Patience);
        Assert.That((summary?.SessionId, _robot.FirstLoss), Is.EqualTo(("session-1", (string?)null)));
    }

    [Test]
    public async Task Service_NeverSumsUp_RobotThatAskedToEndGivesUp()
    {
        var never = new TaskCompletionSource();
        await using var service = await ScriptedService.StartAsync(call => call.AcceptAndActAsync("session-1", actions: 1, never.Task));
        await using var client = new RobotControlClient(Options(service.Address), _robot);
        var driving = client.RunAsync(CancellationToken.None);
        await _robot.NextAsync("action");
        client.Stop("test");
        for (var silent = TimeSpan.Zero; silent < TimeSpan.FromSeconds(6); silent += Period) _clock.Advance(Period);
        Assert.That(await driving.WaitAsync(Patience), Is.Null);
        never.SetResult();
    }

    private RobotControlOptions Options(Uri address) => new()
    {
        Address = address,
        RobotId = "patient",
        Contract = SimulatedCameras.ContractOf(ArmProfiles.Panda),
        Encodings = SimulatedCameras.Encodings,
        Instruction = "put the red cube in the left bin",
        Lease = TimeSpan.FromSeconds(30),
        Clock = _clock,
    };

    /// <summary>Time that stands until the test moves it, and says which timers were asked for.</summary>
    private sealed class WatchedClock : FakeTimeProvider
    {
        private readonly Channel<TimeSpan> _timers = Channel.CreateUnbounded<TimeSpan>();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            _timers.Writer.TryWrite(dueTime);
            return timer;
        }

        /// <summary>Waits until a timer is running for so long.</summary>
        public async Task TimerAsync(TimeSpan dueTime)
        {
            using var patience = new CancellationTokenSource(Patience);
            while (await _timers.Reader.ReadAsync(patience.Token) != dueTime)
            {
                // Others are of no interest here.
            }
        }
    }

    /// <summary>An arm that stands and writes down what happens to it.</summary>
    private sealed class RecordingRobot : RobotControlHandler
    {
        private readonly Channel<(string Kind, RobotAction Action, SessionLoss? Loss)> _events =
            Channel.CreateUnbounded<(string, RobotAction, SessionLoss?)>();

        public string? FirstLoss { get; private set; }

        public override RobotState ReadState() => new(
            new JointPositions(ArmProfiles.Panda.RestRad), new JointVelocities(new double[7]), new JointPositions(ArmProfiles.Panda.RestRad), 0.08, false);

        public override void OnAction(in RobotAction action) => _events.Writer.TryWrite(("action", action, null));

        public override void OnHold(in RobotAction hold) => _events.Writer.TryWrite(("hold", hold, null));

        public override void OnLost(SessionLoss loss)
        {
            FirstLoss ??= loss.Cause;
            _events.Writer.TryWrite(("lost", default, loss));
        }

        public async Task<(string Kind, RobotAction Action, SessionLoss? Loss)> NextAsync(string kind)
        {
            using var patience = new CancellationTokenSource(Patience);
            while (true)
            {
                var next = await _events.Reader.ReadAsync(patience.Token);
                if (next.Kind == kind) return next;
            }
        }
    }
}
