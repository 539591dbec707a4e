using DiVLA.Control.Service.Sessions;

namespace DiVLA.Control.Service.Rpc;

/// <summary>One request to let arms move again. A stop that arrives after it is never withdrawn by it.</summary>
/// <param name="registry">Arms that are connected.</param>
/// <param name="stops">Arms that are stopped, connected or not.</param>
/// <param name="robot">The one that is asked for; null for all of them.</param>
internal sealed class ArmReset(SessionRegistry registry, EmergencyStops stops, string? robot)
{
    private readonly long _stopsBefore = stops.Asked;

    /// <summary>The arms that it would let move again.</summary>
    /// <exception cref="Grpc.Core.RpcException">FAILED_PRECONDITION: there is nothing to reset, or a stop came meanwhile, or one has only just been asked for.</exception>
    public string[] Check()
    {
        lock (stops.Order)
        {
            if (robot is not null && stops.AllStopped) throw StatusTable.AllStopped(robot);
            if (stops.IsStoppedSince(_stopsBefore, robot)) throw StatusTable.StoppedMeanwhile();
            if (Sessions().FirstOrDefault(session => session.IsBeingStopped) is { } stopping) throw StatusTable.BeingStopped(stopping.RobotId);
            var stopped = Sessions().Where(session => session.IsStopped).Select(session => session.RobotId);
            string[] robots = [.. stops.StoppedRobots.Where(IsMeant).Union(stopped).Order(StringComparer.Ordinal)];
            if (robots.Length == 0 && !stops.AllStopped) throw robot is null ? StatusTable.NothingStopped() : StatusTable.NotStopped(robot);
            return robots;
        }
    }

    /// <summary>Withdraws the stops, and waits until each arm has had a command since.</summary>
    /// <exception cref="Grpc.Core.RpcException">As above, and where none of the arms may move: the reset of one arm never answers that it may where it may not.</exception>
    public async Task<Wire.ResetResponse> RunAsync()
    {
        var (robots, resets) = Withdraw();
        var ends = await Task.WhenAll(resets.Select(async reset => (reset.Robot, End: await reset.End)));
        var held = ends.Where(end => !end.End.MayMove).ToDictionary(end => end.Robot, end => end.End);
        if (held.Count > 0 && held.Count == robots.Length) throw StatusTable.NotReleased(held.First().Key, held.First().Value);
        var response = new Wire.ResetResponse();
        response.RobotIds.AddRange(robots.Where(name => !held.ContainsKey(name)));
        response.Held.AddRange(held.Select(arm => new Wire.HeldArm { RobotId = arm.Key, Reason = WireLadder.ToWire(arm.Value.StoppedBy) }));
        return response;
    }

    private (string[] Robots, (string Robot, Task<ResetEnd> End)[] Resets) Withdraw()
    {
        lock (stops.Order)
        {
            var robots = Check();
            if (robot is null) stops.ResetAll();
            else stops.Reset(robot);
            return (robots, [.. Sessions().Where(session => session.IsStopped).Select(session => (session.RobotId, session.ResetAsync()))]);
        }
    }

    private IEnumerable<ControlSession> Sessions() => registry.Sessions.Where(session => IsMeant(session.RobotId));

    private bool IsMeant(string name) => robot is null || name == robot;
}
