using System.Runtime.CompilerServices;
using DiVLA.Control.Protocol.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace DiVLA.Control.Client;

/// <summary>Watches and stops arms.</summary>
public sealed class OperationsClient(GrpcChannel channel)
{
    private readonly Operations.OperationsClient _service = new(channel);

    /// <summary>Whether the service lets robots in, which arms are stopped, and whether records are written.</summary>
    public async Task<GetHealthResponse> GetHealthAsync(CancellationToken cancellation) =>
        await _service.GetHealthAsync(new GetHealthRequest(), cancellationToken: cancellation);

    /// <summary>All sessions, newest last.</summary>
    public async Task<ListSessionsResponse> ListSessionsAsync(bool withStatistics, CancellationToken cancellation) =>
        await _service.ListSessionsAsync(new ListSessionsRequest { WithStatistics = withStatistics }, cancellationToken: cancellation);

    /// <summary>Everything that is measured in one session. Sessions are named by session id or robot id; empty means the only one there is.</summary>
    /// <exception cref="RpcException">NOT_FOUND: there is no such session.</exception>
    public async Task<SessionInfo> GetStatisticsAsync(string session, CancellationToken cancellation) =>
        (await _service.GetStatisticsAsync(new GetStatisticsRequest { Session = session }, cancellationToken: cancellation)).Session;

    /// <summary>What happens in one session or in all of them, as it happens, until the session ends or the service does.</summary>
    /// <exception cref="RpcException">NOT_FOUND: there is no such session.</exception>
    public async IAsyncEnumerable<WatchResponse> WatchAsync(WatchRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var call = _service.Watch(request, cancellationToken: cancellation);
        await foreach (var news in call.ResponseStream.ReadAllAsync(cancellation)) yield return news;
    }

    /// <summary>Stops arms until they are reset. Returns when their loops have commanded the stop.</summary>
    public async Task<EmergencyStopResponse> EmergencyStopAsync(EmergencyStopRequest request, CancellationToken cancellation) =>
        await _service.EmergencyStopAsync(request, cancellationToken: cancellation);

    /// <summary>Lets stopped arms move again.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT: nobody says who asks. FAILED_PRECONDITION: an arm is not stopped.</exception>
    public async Task<ResetResponse> ResetAsync(ResetRequest request, CancellationToken cancellation) =>
        await _service.ResetAsync(request, cancellationToken: cancellation);
}
