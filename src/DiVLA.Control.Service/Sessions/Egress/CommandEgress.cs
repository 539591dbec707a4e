using DiVLA.Control.RealTime;
using DiVLA.Control.Robot;
using DiVLA.Control.Service.Telemetry;
using Grpc.Core;

namespace DiVLA.Control.Service.Sessions;

/// <summary>Takes commands from the loop's ring and hands them to the transport; what else the robot shall know goes out in between. A thread of its own.</summary>
/// <remarks>
/// The loop never waits for the network, this thread may: a lagging transport costs the oldest commands, which are counted as missed.
/// It has the loop's measures for punctuality: a command that is computed on time and then waits behind an inference for a processor is late.
/// Lateness is measured here, from a tick's instant until the transport has taken the command.
/// </remarks>
internal sealed class CommandEgress
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(100);
    private readonly CommandRing _ring;
    private readonly IServerStreamWriter<Wire.ControlResponse> _responses;
    private readonly PlanTraces _traces;
    private readonly CommandStatistics _statistics;
    private readonly TickTraceQueue _ticks;
    private readonly SessionNews _news;
    private readonly SessionReporter _reporter;
    private readonly ActionMessage _action;
    private readonly TimeProvider _clock;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isBroken;

    public CommandEgress(
        CommandRing ring,
        IServerStreamWriter<Wire.ControlResponse> responses,
        PlanTraces traces,
        CommandStatistics statistics,
        TickTraceQueue ticks,
        SessionNews news,
        SessionReporter reporter,
        ActionMessage action,
        TimeProvider clock)
    {
        (_ring, _responses, _traces, _statistics, _ticks, _news, _reporter, _action, _clock) =
            (ring, responses, traces, statistics, ticks, news, reporter, action, clock);
    }

    /// <summary>Ends when the thread has ended: faulted where it ended by an exception.</summary>
    public Task Completion => _completion.Task;

    /// <summary>False once the transport has refused a message.</summary>
    public bool IsConnected => !Volatile.Read(ref _isBroken);

    /// <summary>Starts the thread.</summary>
    /// <returns>What came of every measure for punctuality; to be logged.</returns>
    /// <exception cref="RealTimeRefusedException">Measures that the options enforce were refused.</exception>
    public RealTimeReport Start(RealTimeOptions options) => RealTimeThread.Start("divla-egress", options, Run).Report;

    private void Run()
    {
        try
        {
            while (_ring.WaitFromEgress(LongestWait))
            {
                while (_ring.TryTakeFromEgress(out var command)) Send(command);
                while (_news.TryTakeFromEgress(out var message)) TryWrite(message);
            }
            _reporter.EndFromEgress();
            while (_news.TryTakeFromEgress(out var message)) TryWrite(message);
            _completion.SetResult();
        }
        catch (Exception fault)
        {
            _completion.SetException(fault);
        }
    }

    private void Send(in TickCommand command)
    {
        PlanTrace? trace = _traces.TryFindFromEgress(command.ObservationId, out var found) ? found : null;
        var isSent = TryWrite(_action.Fill(command, trace, MonotonicTime.Now(_clock)));
        var handedOver = MonotonicTime.Now(_clock);
        if (isSent) _statistics.RecordSent(command, handedOver);
        else _statistics.RecordUnsent(command);
        if (isSent && trace is { } followed) _statistics.RecordTrace(followed, command, handedOver);
        if (isSent) _ticks.AddFromEgress(Trace(command, trace, handedOver));
        _reporter.ReportFromEgress(new SentCommand(command, handedOver), trace?.Phrase, isSent);
    }

    private static TickTrace Trace(in TickCommand command, in PlanTrace? plan, MonotonicTime handedOver) => new(
        command.TickIndex,
        command.Due,
        handedOver,
        command.State,
        command.Reason,
        command.PhraseState,
        command.PhraseId,
        plan is not null,
        plan.GetValueOrDefault());

    private bool TryWrite(Wire.ControlResponse message)
    {
        if (_isBroken) return false;
        try
        {
            var write = _responses.WriteAsync(message);
            if (!write.IsCompletedSuccessfully) write.GetAwaiter().GetResult();
            return true;
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or InvalidOperationException or RpcException)
        {
            // The stream is over; the ingress learns it as well and ends the session.
            Volatile.Write(ref _isBroken, true);
            return false;
        }
    }
}
