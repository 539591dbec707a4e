using DiVLA.Control.Policy.Reasoning;
using DiVLA.Control.Service.Identity;
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
        return Task.FromResult(new Wire.ReasoningGetResponse
        {
            SessionId = session.Id,
            RobotId = session.RobotId,
            Phrase = session.Phrases.Current,
            Pin = WirePins.ToWire(session.CurrentPin),
        });
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

    /// <inheritdoc/>
    public override Task<Wire.ReasoningPinResponse> Pin(Wire.ReasoningPinRequest request, ServerCallContext context)
    {
        var session = Find(request.Session);
        request.Who = context.GetHttpContext().GetCaller().NameOr(request.Who);
        if (WirePins.Fault(request) is { } fault) throw StatusTable.Of(Wire.PinRefusal.Malformed, fault);
        var check = session.Pin(WirePins.ToDomain(request));
        if (check.Outcome != PinOutcome.Accepted) throw StatusTable.Of(WirePins.ToWire(check.Outcome), check.Detail);
        return Task.FromResult(new Wire.ReasoningPinResponse { SessionId = session.Id, RobotId = session.RobotId, Pin = WirePins.ToWire(check.Pin) });
    }

    /// <inheritdoc/>
    public override Task<Wire.ReasoningReleaseResponse> Release(Wire.ReasoningReleaseRequest request, ServerCallContext context)
    {
        var session = Find(request.Session);
        request.Who = context.GetHttpContext().GetCaller().NameOr(request.Who);
        if (WirePins.Fault(request.Who, request.Why) is { } fault) throw StatusTable.Of(Wire.PinRefusal.Malformed, fault);
        var released = session.ReleasePin(request.Who, request.Why) ?? throw StatusTable.NothingPinned(session.RobotId);
        return Task.FromResult(new Wire.ReasoningReleaseResponse { SessionId = session.Id, RobotId = session.RobotId, Released = WirePins.ToWire(released) });
    }

    private ControlSession Find(string name) => registry.Find(name) ?? throw StatusTable.NoSuchSession(name);
}
