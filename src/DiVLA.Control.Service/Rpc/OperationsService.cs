using DiVLA.Control.Policy;
using DiVLA.Control.Robot;
using DiVLA.Control.Service.Audit;
using DiVLA.Control.Service.Identity;
using DiVLA.Control.Service.Live;
using DiVLA.Control.Service.Sessions;
using Grpc.Core;

namespace DiVLA.Control.Service.Rpc;

/// <summary>`Operations`: watches and stops arms.</summary>
internal sealed class OperationsService(
    SessionRegistry registry, EmergencyStops stops, SessionViews views, LiveEvents live, ServiceHealth health, Auditor auditor)
    : Wire.Operations.OperationsBase
{
    /// <inheritdoc/>
    public override Task<Wire.GetCallerResponse> GetCaller(Wire.GetCallerRequest request, ServerCallContext context) =>
        Task.FromResult(WireCaller.ToWire(context.GetHttpContext().GetCaller()));

    /// <inheritdoc/>
    public override Task<Wire.GetHealthResponse> GetHealth(Wire.GetHealthRequest request, ServerCallContext context) =>
        Task.FromResult(health.Read(context.GetHttpContext().GetCaller().Robots));

    /// <inheritdoc/>
    public override Task<Wire.ListSessionsResponse> ListSessions(Wire.ListSessionsRequest request, ServerCallContext context) =>
        Task.FromResult(views.List(context.GetHttpContext().GetCaller().Robots, request.WithStatistics));

    /// <inheritdoc/>
    public override Task<Wire.GetStatisticsResponse> GetStatistics(Wire.GetStatisticsRequest request, ServerCallContext context)
    {
        var session = registry.Find(request.Session) ?? throw StatusTable.NoSuchSession(request.Session);
        return Task.FromResult(new Wire.GetStatisticsResponse { Session = views.WithContract(session, withStatistics: true) });
    }

    /// <inheritdoc/>
    public override Task<Wire.SetInstructionResponse> SetInstruction(Wire.SetInstructionRequest request, ServerCallContext context)
    {
        var subject = $"{(request.Session.Length == 0 ? "the only session" : Printable.Line(request.Session, 64))}: '{Printable.Line(request.Instruction, 512)}'";
        var asked = new Auditor.Asked(AuditEntry.Instruct, subject, request.Who, request.Why);
        return auditor.RunAsync(asked, context, () => Task.FromResult(Instruct(request)), answer => [answer.RobotId]);
    }

    /// <inheritdoc/>
    public override async Task Watch(Wire.WatchRequest request, IServerStreamWriter<Wire.WatchResponse> responseStream, ServerCallContext context)
    {
        await foreach (var news in live.ReadAsync(request, context.GetHttpContext().GetCaller().Robots, context.CancellationToken)) await responseStream.WriteAsync(news);
    }

    /// <inheritdoc/>
    public override Task<Wire.EmergencyStopResponse> EmergencyStop(Wire.EmergencyStopRequest request, ServerCallContext context)
    {
        var arrivedAt = RequestArrival.Of(context.GetHttpContext());
        var asked = new Auditor.Asked(AuditEntry.Stop, Describe(request.Arms, "all arms"), request.Who, request.Reason);
        return auditor.RunAsync(asked, context, () => StopAsync(request.Arms, arrivedAt), answer => answer.Arms.Select(arm => arm.RobotId));
    }

    /// <inheritdoc/>
    public override Task<Wire.ResetResponse> Reset(Wire.ResetRequest request, ServerCallContext context)
    {
        var asked = new Auditor.Asked(AuditEntry.Reset, Describe(request.Arms, "no arm"), request.Who, request.Why);
        var reset = new Lazy<ArmReset>(() => ResetOf(request));
        return auditor.RunOnRecordAsync(asked, context, () => reset.Value.Check(), () => reset.Value.RunAsync());
    }

    private Wire.SetInstructionResponse Instruct(Wire.SetInstructionRequest request)
    {
        var session = registry.Find(request.Session) ?? throw StatusTable.NoSuchSession(request.Session);
        if (WirePins.Fault(request.Who, request.Why) is { } fault) throw StatusTable.BadInstruction(fault);
        var instruction = request.Instruction.Trim();
        var check = session.Instruct(instruction);
        if (check.Outcome != InstructionOutcome.Accepted) throw StatusTable.BadInstruction(check.Describe());
        return new Wire.SetInstructionResponse { SessionId = session.Id, RobotId = session.RobotId, Instruction = instruction };
    }

    private async Task<Wire.EmergencyStopResponse> StopAsync(Wire.Arms? arms, MonotonicTime arrivedAt)
    {
        var (robot, stopping) = Stop(arms, arrivedAt);
        var response = new Wire.EmergencyStopResponse();
        response.Arms.AddRange(await Task.WhenAll(stopping));
        if (robot is not null && response.Arms.Count == 0) response.Arms.Add(new Wire.StoppedArm { RobotId = robot });
        return response;
    }

    // The latch first: a robot that connects meanwhile must find it.
    private (string? Robot, Task<Wire.StoppedArm>[] Stopping) Stop(Wire.Arms? arms, MonotonicTime arrivedAt)
    {
        var robot = arms is null or { WhichCase: Wire.Arms.WhichOneofCase.All, All: true } ? null : RobotOf(arms);
        lock (stops.Order)
        {
            if (robot is null) stops.StopAll();
            else stops.Stop(robot);
            return (robot, [.. registry.Sessions.Where(session => robot is null || session.RobotId == robot).Select(session => StopAsync(session, arrivedAt))]);
        }
    }

    private static async Task<Wire.StoppedArm> StopAsync(ControlSession session, MonotonicTime arrivedAt)
    {
        var stopped = await session.EmergencyStopAsync();
        var wasStopped = stopped is { } before && before.HandedOver <= arrivedAt;
        return new Wire.StoppedArm
        {
            RobotId = session.RobotId,
            SessionId = session.Id,
            Tick = (ulong)(stopped?.Command.TickIndex ?? 0),
            AcknowledgedUs = stopped is { } sent && !wasStopped ? (sent.HandedOver - arrivedAt) / 1e3 : 0,
            AlreadyStopped = wasStopped,
        };
    }

    private ArmReset ResetOf(Wire.ResetRequest request)
    {
        if (WirePins.Fault(request.Who, request.Why) is { } fault) throw StatusTable.BadReset(fault);
        return new ArmReset(registry, stops, request.Arms is { WhichCase: Wire.Arms.WhichOneofCase.All, All: true } ? null : RobotOf(request.Arms));
    }

    private string RobotOf(Wire.Arms? arms) => arms?.WhichCase switch
    {
        Wire.Arms.WhichOneofCase.RobotId when arms.RobotId.Length is > 0 and <= 64 => arms.RobotId,
        Wire.Arms.WhichOneofCase.SessionId => registry.Find(arms.SessionId)?.RobotId ?? throw StatusTable.NoSuchSession(arms.SessionId),
        _ => throw StatusTable.BadArms(),
    };

    private static string Describe(Wire.Arms? arms, string absent) => arms?.WhichCase switch
    {
        null => absent,
        Wire.Arms.WhichOneofCase.All => "all arms",
        Wire.Arms.WhichOneofCase.RobotId => "robot " + Printable.Line(arms.RobotId, 64),
        Wire.Arms.WhichOneofCase.SessionId => "session " + Printable.Line(arms.SessionId, 64),
        _ => "no arm",
    };
}
