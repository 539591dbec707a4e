using System.Threading.Channels;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.RealTime;
using DiVLA.Control.Service.Records;
using DiVLA.Control.Service.Rpc;
using DiVLA.Control.Service.Sessions;
using DiVLA.Control.Service.Telemetry;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DiVLA.Control.Service.Tests.Sessions;

[TestFixture]
internal sealed class SessionRegistryTests
{
    // No machine has this processor: the measure is refused, which is said between start and listing of a session.
    private const int NoProcessor = 1023;
    private const int RealTimeDenied = 102;
    private readonly EmergencyStops _stops = new();
    private readonly ReasoningRecorder _recorder = new(TestServer.Options, NullLogger<ReasoningRecorder>.Instance);
    private PolicyBundle _bundle = null!;

    [SetUp]
    public void Load() => _bundle = PolicyBundle.Load(TestServer.Options.BundleDirectory, TestServer.Options.Policy);

    [TearDown]
    public void Dispose()
    {
        _bundle.Dispose();
        _recorder.Dispose();
    }

    [Test]
    public async Task EmergencyStop_WhileAnArmIsOpening_StopsIt()
    {
        var registry = Registry(RealTimeStrictness.Prefer, line => { if (line == RealTimeDenied) _stops.Stop("opening"); });
        var responses = new Responses();
        var (seat, _) = await registry.OpenAsync(Plan("opening"), responses);
        var running = seat!.Session!.RunAsync(new NoRequests(), () => { });
        var first = await responses.NextActionAsync();
        seat.Session.RequestEnd(Wire.SessionEnd.ServiceShutdown);
        await running;
        registry.Leave(seat);
        Assert.That(first, Is.EqualTo((Wire.LadderState.Stopped, Wire.LadderReason.EmergencyStop)));
    }

    // It was stopped when it began to open, and is not any more: nobody would look for a stop that is not latched.
    [Test]
    public async Task Reset_WhileAnArmIsOpening_LetsItMove()
    {
        _stops.Stop("opening");
        var registry = Registry(RealTimeStrictness.Prefer, line => { if (line == RealTimeDenied) _stops.Reset("opening"); });
        var responses = new Responses();
        var (seat, _) = await registry.OpenAsync(Plan("opening"), responses);
        var running = seat!.Session!.RunAsync(new NoRequests(), () => { });
        while ((await responses.NextActionAsync()).Item1 == Wire.LadderState.Stopped)
        {
            // Until the loop has taken the reset over.
        }
        seat.Session.RequestEnd(Wire.SessionEnd.ServiceShutdown);
        await running;
        registry.Leave(seat);
    }

    [Test]
    public async Task Reset_StopCameAfterIt_StopWins()
    {
        var registry = Registry(RealTimeStrictness.Prefer, _ => { });
        _stops.Stop("a");
        var reset = new ArmReset(registry, _stops, "a");
        _stops.Stop("b");
        Assert.That(reset.Check(), Is.EqualTo(["a"]), "the stop of another arm is no hindrance");
        _stops.Stop("a");
        var refused = await Assert.ThrowsAsync<RpcException>(reset.RunAsync);
        var all = await Assert.ThrowsAsync<RpcException>(ResetOfAllOvertakenByAStop);
        Assert.That((refused!.StatusCode, all!.StatusCode), Is.EqualTo((StatusCode.FailedPrecondition, StatusCode.FailedPrecondition)));
        Assert.That((_stops.IsStopped("a"), _stops.AllStopped), Is.EqualTo((true, true)));

        Task ResetOfAllOvertakenByAStop()
        {
            var resetAll = new ArmReset(registry, _stops, robot: null);
            _stops.StopAll();
            return resetAll.RunAsync();
        }
    }

    [Test]
    public async Task Open_LoopCannotStart_FreesTheSession()
    {
        var registry = Registry(RealTimeStrictness.Enforce, _ => { });
        await Assert.ThatAsync(() => registry.OpenAsync(Plan("refused"), new Responses()), Throws.TypeOf<RealTimeRefusedException>());
        _bundle.Dispose();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(registry.Sessions, Is.Empty);
            Assert.That(() => _bundle.CreatePolicy("panda", 1, TimeProvider.System).Dispose(), Throws.TypeOf<ObjectDisposedException>(), "nobody uses the graphs any more");
        }
    }

    private SessionRegistry Registry(RealTimeStrictness strictness, Action<int> onLine)
    {
        var options = TestServer.Options;
        var realTime = options.RealTime with { CpuAffinity = NoProcessor, Strictness = strictness };
        return new SessionRegistry(new SessionParts(options with { RealTime = realTime }, _bundle, _recorder, new ActingLogger(onLine), new TelemetrySessions()), _stops);
    }

    private SessionPlan Plan(string robot) => new SessionAdmission(_bundle, TestServer.Options.Limits).Check(WireRobot.OpenMessage(robot), out _)!;

    /// <summary>Does something when a line is written.</summary>
    private sealed class ActingLogger(Action<int> act) : ILogger<ControlSession>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => act(eventId.Id);
    }

    /// <summary>A robot that says nothing.</summary>
    private sealed class NoRequests : IAsyncStreamReader<Wire.ControlRequest>
    {
        public Wire.ControlRequest Current => throw new InvalidOperationException("There is none.");

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return false;
        }
    }

    /// <summary>Keeps what an action says; the message itself is filled again and again.</summary>
    private sealed class Responses : IServerStreamWriter<Wire.ControlResponse>
    {
        private readonly Channel<(Wire.LadderState State, Wire.LadderReason Reason)> _actions = Channel.CreateUnbounded<(Wire.LadderState, Wire.LadderReason)>();

        public WriteOptions? WriteOptions { get; set; }

        public Task WriteAsync(Wire.ControlResponse message)
        {
            if (message.Action is { } action) _actions.Writer.TryWrite((action.State, action.Reason));
            return Task.CompletedTask;
        }

        public async Task<(Wire.LadderState State, Wire.LadderReason Reason)> NextActionAsync() => await _actions.Reader.ReadAsync();
    }
}
