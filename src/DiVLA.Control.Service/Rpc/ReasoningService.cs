using DiVLA.Control.Service.Sessions;
using Grpc.Core;

namespace DiVLA.Control.Service.Rpc;

/// <summary>`Reasoning`: why a robot does what it does.</summary>
internal sealed class ReasoningService(SessionRegistry registry, ServiceOptions options) : Wire.Reasoning.ReasoningBase
{
    /// <inheritdoc/>
    public override Task<Wire.ReasoningGetResponse> Get(Wire.ReasoningGetRequest request, ServerCallContext context)
    {
        var session = Find(request.Session);
        return Task.FromResult(new Wire.ReasoningGetResponse { SessionId = session.Id, RobotId = session.RobotId, Phrase = session.Phrases.Current });
    }

    /// <inheritdoc/>
    public override async Task Watch(
        Wire.ReasoningWatchRequest request, IServerStreamWriter<Wire.ReasoningWatchResponse> responseStream, ServerCallContext context)
    {
        var session = Find(request.Session);
        using var watch = session.Phrases.TryWatch() ?? throw StatusTable.TooManyWatchers(options.Limits.MaxWatchers);
        await foreach (var phrase in watch.ReadAllAsync(context.CancellationToken))
            await responseStream.WriteAsync(new Wire.ReasoningWatchResponse
            {
                SessionId = session.Id,
                RobotId = session.RobotId,
                Phrase = phrase,
                Skipped = (ulong)watch.TakeSkipped(),
            });
    }

    private ControlSession Find(string name) => registry.Find(name) ?? throw StatusTable.NoSuchSession(name);
}
