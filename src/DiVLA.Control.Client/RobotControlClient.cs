using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Robot;
using Grpc.Net.Client;

namespace DiVLA.Control.Client;

/// <summary>What a robot links to: connects, streams observations, hands out actions, holds when the service goes silent and connects again.</summary>
/// <example>
/// <code>
/// await using var client = new RobotControlClient(options, handler);
/// var driving = client.RunAsync(cancellation);
/// client.Observe(capturedAt, state, front, wrist);   // as often as there are pictures; the newest wins
/// client.Stop("done");
/// var summary = await driving;
/// </code>
/// </example>
public sealed class RobotControlClient : IAsyncDisposable
{
    private readonly RobotControlOptions _options;
    private readonly RobotControlHandler _handler;
    private readonly GrpcChannel _channel;
    private readonly RobotControl.RobotControlClient _service;
    private readonly ObservationOutbox _outbox;
    private readonly ActionDelivery _delivery;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private volatile RobotSession? _session;
    private string _instruction;
    private volatile string? _stopReason;

    /// <summary>Does not connect yet.</summary>
    /// <exception cref="ArgumentException">Options are wrong; the message names every fault.</exception>
    public RobotControlClient(RobotControlOptions options, RobotControlHandler handler)
    {
        options.Validate();
        _options = options;
        _handler = handler;
        _instruction = options.Instruction;
        _channel = ServiceChannel.For(options.Address, options.Credentials);
        _service = new RobotControl.RobotControlClient(_channel);
        _outbox = new ObservationOutbox(options.Contract, options.Encodings);
        _delivery = new ActionDelivery(options, handler);
    }

    /// <summary>The open session's id, or null.</summary>
    public string? SessionId => _session?.Id;

    /// <summary>Observations that a newer one replaced before they were sent.</summary>
    public long ObservationsSuperseded => _outbox.Superseded;

    /// <summary>Observations that were still waiting when their session ended, and were not sent: a stop goes before them. Every other one was sent or superseded.</summary>
    public long ObservationsUnsent => _outbox.Unsent;

    /// <summary>Drives the robot until it is stopped. Connects again whenever the session is lost. Call once.</summary>
    /// <returns>The summary of the last session; null where <see cref="Stop"/> found no session.</returns>
    /// <exception cref="SessionRefusedException">The service will never let this robot in as it is.</exception>
    /// <exception cref="SessionTakenOverException">Another controller drives the robot now.</exception>
    /// <exception cref="ServiceUnreachableException">No session for longer than <see cref="RobotControlOptions.GiveUpAfter"/>.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the service holds the arm once the lease lapses.</exception>
    public async Task<SessionSummary?> RunAsync(CancellationToken cancellation)
    {
        var backoff = new ReconnectBackoff(_options.FirstReconnectDelay, _options.LongestReconnectDelay);
        var (resume, lastSessionAt) = ("", MonotonicTime.Now(_options.Clock));
        while (_stopReason is null)
        {
            var outcome = await RunSessionAsync(resume, cancellation);
            if (outcome.Summary is { End: SessionEnd.TakenOver }) throw new SessionTakenOverException(outcome.Summary.SessionId);
            if (outcome.Summary is { End: SessionEnd.StoppedByRobot }) return outcome.Summary;
            if (outcome.SessionId is not null)
            {
                (resume, lastSessionAt) = (outcome.SessionId, MonotonicTime.Now(_options.Clock));
                backoff.Reset();
            }
            ThrowIfGivenUp(lastSessionAt, outcome.LossCause);
            await PauseAsync(new SessionLoss(outcome.LossCause, backoff.Next()), cancellation);
        }
        return null;
    }

    /// <summary>Gives the newest observation; one that has not been sent yet is replaced. Copies the frames. Any thread.</summary>
    /// <param name="capturedAt">When frames and state were taken. Robot clock.</param>
    /// <param name="state">What the arm reports.</param>
    /// <param name="frames">One for each camera, in the contract's order, packed as the options say.</param>
    /// <returns>Sequence number, which actions refer to.</returns>
    public ulong Observe(MonotonicTime capturedAt, in RobotState state, params ReadOnlySpan<ReadOnlyMemory<byte>> frames)
    {
        var sequence = _outbox.Post(capturedAt, state, frames);
        _options.Watcher?.OnObserved(capturedAt, state, frames);
        _session?.Stream.Wake();
        return sequence;
    }

    /// <summary>Asks the robot's policy to do something else. The answer comes to the handler. Also holds for later sessions.</summary>
    public void ChangeInstruction(string instruction)
    {
        lock (_gate)
        {
            _instruction = instruction;
            _session?.Stream.ChangeInstruction(instruction);
        }
    }

    /// <summary>Ends the session in good order; <see cref="RunAsync"/> returns its summary.</summary>
    public void Stop(string reason)
    {
        lock (_gate)
        {
            _stopReason = reason;
            _session?.Stream.Stop(reason);
        }
        _stopping.Cancel();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _delivery.Dispose();
        _channel.Dispose();
        _stopping.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<SessionOutcome> RunSessionAsync(string resume, CancellationToken cancellation)
    {
        _outbox.Clear();
        using var session = new RobotSession(_service, _options, _handler, _outbox, _delivery, cancellation);
        var instruction = Attach(session);
        try
        {
            return await session.RunAsync(OpenMessage(resume, instruction), cancellation);
        }
        finally
        {
            _session = null;
        }
    }

    // What comes from here on finds the session; what came before is handed over.
    private string Attach(RobotSession session)
    {
        lock (_gate)
        {
            _session = session;
            if (_stopReason is { } reason) session.Stream.Stop(reason);
            return _instruction;
        }
    }

    private OpenSession OpenMessage(string resume, string instruction)
    {
        var open = new OpenSession
        {
            RobotId = _options.RobotId,
            Embodiment = _options.Contract.Embodiment,
            ContractSha256 = _options.Contract.Sha256(),
            Contract = RobotMessages.From(_options.Contract),
            Instruction = instruction,
            LeaseMs = (uint)_options.Lease.TotalMilliseconds,
            NoiseSeed = _options.NoiseSeed,
            Takeover = _options.Takeover,
            ResumeSessionId = resume,
            State = new ArmState(),
            SentNs = MonotonicTime.Now(_options.Clock).Nanoseconds,
            ReportStageTimes = _options.ReportStageTimes,
        };
        RobotMessages.Fill(open.State, _handler.ReadState());
        open.Cameras.AddRange(_options.Contract.Cameras.Zip(_options.Encodings, RobotMessages.Camera));
        return open;
    }

    private void ThrowIfGivenUp(MonotonicTime lastSessionAt, string cause)
    {
        if (_options.GiveUpAfter == Timeout.InfiniteTimeSpan) return;
        if (MonotonicTime.Now(_options.Clock) - lastSessionAt > _options.GiveUpAfter.TotalMilliseconds * 1e6)
            throw new ServiceUnreachableException(_options.Address, cause);
    }

    private async Task PauseAsync(SessionLoss loss, CancellationToken cancellation)
    {
        if (_stopReason is not null) return;
        _handler.OnLost(loss);
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stopping.Token);
        await Task.Delay(loss.ReconnectDelay, _options.Clock, pause.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
    }
}
