using DiVLA.Control.Robot;
using DiVLA.Control.Service.Identity;
using DiVLA.Control.Service.Sessions;
using Grpc.Core;

namespace DiVLA.Control.Service.Rpc;

/// <summary>`Operations`: watches and stops arms.</summary>
internal sealed class OperationsService(SessionRegistry registry, EmergencyStops stops, SessionViews views, ServiceOptions options, ILogger<OperationsService> logger)
    : Wire.Operations.OperationsBase
{
    private const int MaxReasonLength = 256;
    private const int MaxNameLength = 64;

    /// <inheritdoc/>
    public override Task<Wire.ListSessionsResponse> ListSessions(Wire.ListSessionsRequest request, ServerCallContext context) =>
        Task.FromResult(views.List(context.GetHttpContext().GetCaller().Robots, request.WithStatistics));

    /// <inheritdoc/>
    public override Task<Wire.GetStatisticsResponse> GetStatistics(Wire.GetStatisticsRequest request, ServerCallContext context)
    {
        var session = registry.Find(request.Session) ?? throw StatusTable.NoSuchSession(request.Session);
        return Task.FromResult(new Wire.GetStatisticsResponse { Session = SessionViews.Of(session, withStatistics: true) });
    }

    /// <inheritdoc/>
    public override async Task<Wire.EmergencyStopResponse> EmergencyStop(Wire.EmergencyStopRequest request, ServerCallContext context)
    {
        var arrivedAt = MonotonicTime.Now(options.Clock);
        var (sessions, robots) = Latch(request.Arms);
        SessionLines.EmergencyStop(logger, Describe(request.Arms), NameOf(context), Printable.Line(request.Reason, MaxReasonLength));
        var response = new Wire.EmergencyStopResponse();
        response.Arms.AddRange(await Task.WhenAll(sessions.Select(session => StopAsync(session, arrivedAt))));
        response.Arms.AddRange(robots.Except(sessions.Select(session => session.RobotId)).Select(robot => new Wire.StoppedArm { RobotId = robot }));
        return response;
    }

    /// <inheritdoc/>
    public override Task<Wire.ResetResponse> Reset(Wire.ResetRequest request, ServerCallContext context)
    {
        var response = new Wire.ResetResponse();
        response.RobotIds.AddRange(Unlatch(request.Arms));
        // What was refused has not happened.
        SessionLines.Reset(logger, Describe(request.Arms), NameOf(context));
        return Task.FromResult(response);
    }

    // The latch first: a robot that connects meanwhile must find it.
    private (IReadOnlyList<ControlSession> Sessions, IReadOnlyList<string> Robots) Latch(Wire.Arms? arms)
    {
        if (arms is { WhichCase: Wire.Arms.WhichOneofCase.All, All: true })
        {
            stops.StopAll();
            return (registry.Sessions, []);
        }
        var robot = RobotOf(arms);
        stops.Stop(robot);
        return ([.. registry.Sessions.Where(session => session.RobotId == robot)], [robot]);
    }

    private List<string> Unlatch(Wire.Arms? arms)
    {
        if (arms is { WhichCase: Wire.Arms.WhichOneofCase.All, All: true })
        {
            var latched = stops.ResetAll();
            var reset = registry.Sessions.Where(session => session.TryReset()).Select(session => session.RobotId);
            return [.. latched.Union(reset).Order(StringComparer.Ordinal)];
        }
        var robot = RobotOf(arms);
        if (stops.AllStopped) throw StatusTable.AllStopped(robot);
        var wasLatched = stops.Reset(robot);
        var session = registry.Sessions.FirstOrDefault(session => session.RobotId == robot);
        if (session?.TryReset() != true && !wasLatched) throw StatusTable.NotStopped(robot);
        return [robot];
    }

    private async Task<Wire.StoppedArm> StopAsync(ControlSession session, MonotonicTime arrivedAt)
    {
        var stopped = await session.EmergencyStopAsync();
        return new Wire.StoppedArm
        {
            RobotId = session.RobotId,
            SessionId = session.Id,
            Tick = (ulong)(stopped?.TickIndex ?? 0),
            AcknowledgedUs = (MonotonicTime.Now(options.Clock) - arrivedAt) / 1e3,
        };
    }

    private string RobotOf(Wire.Arms? arms) => arms?.WhichCase switch
    {
        Wire.Arms.WhichOneofCase.RobotId when arms.RobotId.Length is > 0 and <= 64 => arms.RobotId,
        Wire.Arms.WhichOneofCase.SessionId => registry.Find(arms.SessionId)?.RobotId ?? throw StatusTable.NoSuchSession(arms.SessionId),
        _ => throw StatusTable.BadArms(),
    };

    private static string NameOf(ServerCallContext context) => Printable.Line(context.GetHttpContext().GetCaller().Name, MaxNameLength);

    private static string Describe(Wire.Arms? arms) => arms?.WhichCase switch
    {
        Wire.Arms.WhichOneofCase.All => "all arms",
        Wire.Arms.WhichOneofCase.RobotId => "robot " + Printable.Line(arms.RobotId, 64),
        Wire.Arms.WhichOneofCase.SessionId => "session " + Printable.Line(arms.SessionId, 64),
        _ => "no arm",
    };
}
