using DiVLA.Control.Protocol.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace DiVLA.Control.Client;

/// <summary>Watches and stops arms.</summary>
public sealed class OperationsClient(GrpcChannel channel)
{
    private readonly Operations.OperationsClient _service = new(channel);

    /// <summary>All sessions, newest last.</summary>
    public async Task<ListSessionsResponse> ListSessionsAsync(bool withStatistics, CancellationToken cancellation) =>
        await _service.ListSessionsAsync(new ListSessionsRequest { WithStatistics = withStatistics }, cancellationToken: cancellation);

    /// <summary>Everything that is measured in one session. Sessions are named by session id or robot id; empty means the only one there is.</summary>
    /// <exception cref="RpcException">NOT_FOUND: there is no such session.</exception>
    public async Task<SessionInfo> GetStatisticsAsync(string session, CancellationToken cancellation) =>
        (await _service.GetStatisticsAsync(new GetStatisticsRequest { Session = session }, cancellationToken: cancellation)).Session;

    /// <summary>Stops arms until they are reset. Returns when their loops have commanded the stop.</summary>
    public async Task<EmergencyStopResponse> EmergencyStopAsync(Arms arms, string reason, CancellationToken cancellation) =>
        await _service.EmergencyStopAsync(new EmergencyStopRequest { Arms = arms, Reason = reason }, cancellationToken: cancellation);

    /// <summary>Lets stopped arms move again.</summary>
    /// <exception cref="RpcException">FAILED_PRECONDITION: an arm is not stopped.</exception>
    public async Task<ResetResponse> ResetAsync(Arms arms, CancellationToken cancellation) =>
        await _service.ResetAsync(new ResetRequest { Arms = arms }, cancellationToken: cancellation);
}
