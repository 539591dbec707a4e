using DiVLA.Control.Client;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Simulator.Robot;
using DiVLA.Control.Simulator.Tasks;
using Grpc.Core;
using Grpc.Net.Client;

namespace DiVLA.Control.Cli.Eval.Pins;

/// <summary>The operator of one trial: pins at its tick and releases at its tick, over the same RPC as any other.</summary>
internal sealed class PinOperator(GrpcChannel channel, PinPlan plan, PinnedTask task, TimeProvider clock) : SimulatedRobotWatcher
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly ReasoningClient _reasoning = new(channel);
    private readonly ReasoningPinRequest _request = task.Request.Clone();
    private Task _pinning = Task.CompletedTask;
    private Task _releasing = Task.CompletedTask;
    private bool _isAsked;
    private bool _isReleaseAsked;
    private bool _holds;
    private bool _wasHeld;
    private volatile bool _isOver;
    private PinRefusal? _refusal;

    /// <summary>What became of the pin, once all calls have returned.</summary>
    public async Task<PinFate> FateAsync()
    {
        await Task.WhenAll(_pinning, _releasing);
        return _refusal is not null ? PinFate.Refused
            : !_wasHeld ? PinFate.Late
            : plan.ReleaseAtTick is null || !_holds ? PinFate.InForce
            : PinFate.Late;
    }

    /// <inheritdoc/>
    public override void OnAccepted(SessionAccepted session)
    {
        _request.Session = session.SessionId;
        PinFrom(0);
    }

    /// <inheritdoc/>
    public override void OnObserved(in RobotAction action, ReadOnlySpan<byte> front, ReadOnlySpan<byte> wrist)
    {
        PinFrom(action.Tick);
        if (_isReleaseAsked || !_wasHeld || plan.ReleaseAtTick is not { } release || action.Tick < (ulong)release) return;
        _isReleaseAsked = true;
        _releasing = ReleaseAsync();
    }

    /// <inheritdoc/>
    public override void OnPhrase(Phrase phrase)
    {
        _holds = phrase.Pin is not null;
        _wasHeld |= _holds;
    }

    /// <inheritdoc/>
    public override Goal GoalOf(Episode episode) => _holds ? task.Goal : task.Told.Goal;

    /// <inheritdoc/>
    public override void OnEpisodeEnded(EpisodeResult result) => _isOver = true;

    private void PinFrom(ulong tick)
    {
        if (_isAsked || tick < (ulong)task.Tick) return;
        _isAsked = true;
        _pinning = PinAsync();
    }

    // Right after the session's beginning there is no picture yet.
    private async Task PinAsync()
    {
        while (!_isOver)
        {
            try
            {
                await _reasoning.PinAsync(_request, CancellationToken.None);
                return;
            }
            catch (PinRefusedException refused) when (refused.Refusal == PinRefusal.NothingSeen)
            {
                await Task.Delay(Pause, clock);
            }
            catch (PinRefusedException refused)
            {
                _refusal = refused.Refusal;
                return;
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
            {
                // The session is over before it was redirected.
                return;
            }
        }
    }

    private async Task ReleaseAsync()
    {
        try
        {
            await _reasoning.ReleaseAsync(
                new ReasoningReleaseRequest { Session = _request.Session, Who = _request.Who, Why = _request.Why }, CancellationToken.None);
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
        {
            // The session is over before it was released.
        }
    }
}

/// <summary>What became of a pin.</summary>
internal enum PinFate
{
    /// <summary>It steered the arm, and was released where that was asked for.</summary>
    InForce,

    /// <summary>The service refused it: no such object in the scene, or another one in hand.</summary>
    Refused,

    /// <summary>The episode was over before it was pinned, or before it was released.</summary>
    Late,
}
