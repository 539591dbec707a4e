using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Robot;
using Grpc.Core;

namespace DiVLA.Control.Client;

/// <summary>One stream, from the opening message to the summary or the loss.</summary>
internal sealed class RobotSession : IDisposable
{
    private readonly RobotControlOptions _options;
    private readonly RobotControlHandler _handler;
    private readonly ActionDelivery _delivery;
    private readonly CancellationTokenSource _ended;
    private readonly AsyncDuplexStreamingCall<ControlRequest, ControlResponse> _call;
    private readonly ControlStream _stream;
    private readonly Lock _gate = new();
    private bool _isDisposed;
    private string? _lossCause;
    private SessionRefused? _refused;
    private SessionSummary? _summary;

    public RobotSession(
        RobotControl.RobotControlClient service,
        RobotControlOptions options,
        RobotControlHandler handler,
        ObservationOutbox outbox,
        ActionDelivery delivery,
        CancellationToken cancellation)
    {
        _options = options;
        _handler = handler;
        _delivery = delivery;
        _ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _call = service.Control(cancellationToken: _ended.Token);
        _stream = new ControlStream(_call.RequestStream, outbox, options.Lease, options.Clock);
    }

    /// <summary>Id given by the service, or null until it lets the robot in.</summary>
    public string? Id { get; private set; }

    /// <summary>The sending half.</summary>
    public ControlStream Stream => _stream;

    /// <summary>Gives the session up as lost. Any thread; timers may come when the session has long gone.</summary>
    public void Abandon(string cause)
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            _lossCause ??= cause;
            // Cancels at once; what that sets off runs elsewhere than on the caller's timer.
            _ = _ended.CancelAsync();
        }
    }

    /// <summary>Opens the session and runs it to its end.</summary>
    /// <exception cref="SessionRefusedException">Asking again would not help.</exception>
    public async Task<SessionOutcome> RunAsync(OpenSession open, CancellationToken cancellation)
    {
        var sending = Task.CompletedTask;
        using var acceptLimit = _options.Clock.CreateTimer(_ => AbandonIfNotAccepted(), null, _options.AcceptLimit, Timeout.InfiniteTimeSpan);
        try
        {
            if (await TryOpenAsync(open)) sending = _stream.RunAsync(_ended.Token);
            await foreach (var response in _call.ResponseStream.ReadAllAsync(_ended.Token)) Dispatch(response);
        }
        catch (RpcException error)
        {
            cancellation.ThrowIfCancellationRequested();
            ThrowIfRefused(error, isResumed: open.ResumeSessionId.Length > 0);
            _lossCause ??= $"{error.StatusCode}: {error.Status.Detail}";
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Given up by Abandon, which has noted why.
        }
        finally
        {
            _delivery.Detach(this);
            await _ended.CancelAsync();
            // Ends with the call; how it ended is told by the receiving half.
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return new SessionOutcome(Id, _summary, _lossCause ?? "the service ended the stream");
    }

    public void Dispose()
    {
        lock (_gate) _isDisposed = true;
        _stream.Dispose();
        _call.Dispose();
        _ended.Dispose();
    }

    // A service that lets nobody in may have answered before the message has left: its status comes with the answer.
    private async Task<bool> TryOpenAsync(OpenSession open)
    {
        try
        {
            await _call.RequestStream.WriteAsync(new ControlRequest { Open = open }, _ended.Token);
            return true;
        }
        catch (RpcException)
        {
            return false;
        }
    }

    private void Dispatch(ControlResponse response)
    {
        var receivedAt = MonotonicTime.Now(_options.Clock);
        switch (response.MessageCase)
        {
            case ControlResponse.MessageOneofCase.Action:
                _stream.Acknowledge(response.Action.Tick, response.Action.SentNs, receivedAt);
                _delivery.Deliver(RobotAction.From(response.Action, receivedAt));
                break;
            case ControlResponse.MessageOneofCase.Accepted:
                Accept(response.Accepted, receivedAt);
                break;
            case ControlResponse.MessageOneofCase.Refused:
                _refused = response.Refused;
                break;
            case ControlResponse.MessageOneofCase.Summary:
                _summary = response.Summary;
                _handler.OnSummary(_summary);
                break;
            default:
                DispatchNews(response);
                break;
        }
    }

    private void DispatchNews(ControlResponse response)
    {
        switch (response.MessageCase)
        {
            case ControlResponse.MessageOneofCase.Phrase:
                _options.Watcher?.OnPhrase(response.Phrase);
                _handler.OnPhrase(response.Phrase);
                break;
            case ControlResponse.MessageOneofCase.State: _handler.OnStateChange(response.State); break;
            case ControlResponse.MessageOneofCase.InstructionAccepted: _handler.OnInstructionAccepted(response.InstructionAccepted); break;
            case ControlResponse.MessageOneofCase.InstructionRefused: _handler.OnInstructionRefused(response.InstructionRefused); break;
            case ControlResponse.MessageOneofCase.ObservationRefused: _handler.OnObservationRefused(response.ObservationRefused); break;
        }
    }

    private void Accept(SessionAccepted accepted, MonotonicTime receivedAt)
    {
        Id = accepted.SessionId;
        _stream.Acknowledge(0, accepted.SentNs, receivedAt);
        _delivery.Attach(this, receivedAt);
        _options.Watcher?.OnAccepted(accepted);
        _handler.OnAccepted(accepted);
    }

    private void AbandonIfNotAccepted()
    {
        if (Id is null) Abandon($"the service did not answer within {_options.AcceptLimit}");
    }

    private void ThrowIfRefused(RpcException error, bool isResumed)
    {
        var refused = _refused ?? new SessionRefused { Detail = $"{error.StatusCode}: {error.Status.Detail}" };
        if (Id is null && SessionOutcome.IsFinal(error.StatusCode, isResumed)) throw new SessionRefusedException(refused);
    }
}

/// <summary>How one stream ended.</summary>
/// <param name="SessionId">Null where the service never let the robot in.</param>
/// <param name="Summary">Null where the session was lost.</param>
/// <param name="LossCause">In words; meaningful where there is no summary.</param>
internal sealed record SessionOutcome(string? SessionId, SessionSummary? Summary, string LossCause)
{
    /// <summary>True where the service would say the same again. A credential that was good enough once has expired, and may be renewed at any moment.</summary>
    public static bool IsFinal(StatusCode status, bool isResumed) => status switch
    {
        StatusCode.InvalidArgument or StatusCode.NotFound or StatusCode.FailedPrecondition or StatusCode.AlreadyExists => true,
        StatusCode.Unimplemented or StatusCode.PermissionDenied => true,
        StatusCode.Unauthenticated => !isResumed,
        _ => false,
    };
}
