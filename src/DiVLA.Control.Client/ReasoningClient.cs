using System.Runtime.CompilerServices;
using DiVLA.Control.Protocol.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace DiVLA.Control.Client;

/// <summary>Reads why a robot does what it does, and steers it. Sessions are named by session id or robot id; empty means the only one there is.</summary>
public sealed class ReasoningClient(GrpcChannel channel)
{
    private readonly Reasoning.ReasoningClient _service = new(channel);

    /// <summary>The phrase that steers a session now.</summary>
    /// <exception cref="RpcException">NOT_FOUND: there is no such session.</exception>
    public async Task<ReasoningGetResponse> GetAsync(string session, CancellationToken cancellation) =>
        await _service.GetAsync(new ReasoningGetRequest { Session = session }, cancellationToken: cancellation);

    /// <summary>The phrase now, then every change, until the session ends.</summary>
    /// <exception cref="RpcException">NOT_FOUND: there is no such session.</exception>
    public async IAsyncEnumerable<ReasoningWatchResponse> WatchAsync(string session, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var call = _service.Watch(new ReasoningWatchRequest { Session = session }, cancellationToken: cancellation);
        await foreach (var change in call.ResponseStream.ReadAllAsync(cancellation)) yield return change;
    }

    /// <summary>Holds words of a session's phrase: the arm does what the phrase says, until it is released or the session ends.</summary>
    /// <exception cref="PinRefusedException">It cannot be pinned, or not safely.</exception>
    /// <exception cref="RpcException">NOT_FOUND: there is no such session.</exception>
    public async Task<ReasoningPinResponse> PinAsync(ReasoningPinRequest request, CancellationToken cancellation)
    {
        try
        {
            return await _service.PinAsync(request, cancellationToken: cancellation);
        }
        catch (RpcException error) when (PinRefusedException.From(error) is { } refused)
        {
            throw refused;
        }
    }

    /// <summary>Lets the policy speak for itself again.</summary>
    /// <exception cref="RpcException">NOT_FOUND: there is no such session. FAILED_PRECONDITION: nothing is pinned.</exception>
    public async Task<ReasoningReleaseResponse> ReleaseAsync(ReasoningReleaseRequest request, CancellationToken cancellation) =>
        await _service.ReleaseAsync(request, cancellationToken: cancellation);

    /// <summary>What was said and pinned, newest first.</summary>
    /// <exception cref="RpcException">NOT_FOUND: there is no such session. FAILED_PRECONDITION: nothing is recorded.</exception>
    public async Task<ReasoningHistoryResponse> HistoryAsync(ReasoningHistoryRequest request, CancellationToken cancellation) =>
        await _service.HistoryAsync(request, cancellationToken: cancellation);

    /// <summary>Which phrase steered a tick, from which observation, and what the arm was told.</summary>
    /// <exception cref="RpcException">NOT_FOUND: there is no such session, or no record of that tick. FAILED_PRECONDITION: nothing is recorded.</exception>
    public async Task<SteeredAction> WhyAsync(string session, ulong tick, CancellationToken cancellation) =>
        (await _service.WhyAsync(new ReasoningWhyRequest { Session = session, Tick = tick }, cancellationToken: cancellation)).Action;

    /// <summary>What the arm was told under a phrase, from an observation, or from a tick on.</summary>
    /// <exception cref="RpcException">NOT_FOUND: there is no such session. FAILED_PRECONDITION: nothing is recorded.</exception>
    public async Task<ReasoningActionsResponse> ActionsAsync(ReasoningActionsRequest request, CancellationToken cancellation) =>
        await _service.ActionsAsync(request, cancellationToken: cancellation);
}
