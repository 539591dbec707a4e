using System.Runtime;
using System.Security.Cryptography;
using DiVLA.Control.Robot;
using Grpc.Core;

namespace DiVLA.Control.Service.Sessions;

/// <summary>Who drives which arm: one controller for each robot, and as many robots as the limits allow.</summary>
internal sealed class SessionRegistry(SessionParts parts, EmergencyStops stops)
{
    private readonly Lock _gate = new();
    private readonly List<Seat> _seats = [];
    private readonly GCLatencyMode _latencyMode = GCSettings.LatencyMode;
    private bool _isShuttingDown;

    /// <summary>All open sessions, newest last.</summary>
    public IReadOnlyList<ControlSession> Sessions
    {
        get
        {
            lock (_gate) return [.. _seats.Select(seat => seat.Session).OfType<ControlSession>()];
        }
    }

    /// <summary>True from the beginning of the shutdown.</summary>
    public bool IsShuttingDown
    {
        get
        {
            lock (_gate) return _isShuttingDown;
        }
    }

    /// <summary>The session of that id or robot; for an empty name the only one there is. Null where that does not name one.</summary>
    public ControlSession? Find(string name)
    {
        var sessions = Sessions;
        if (name.Length == 0) return sessions.Count == 1 ? sessions[0] : null;
        return sessions.FirstOrDefault(session => session.Id == name) ?? sessions.FirstOrDefault(session => session.RobotId == name);
    }

    /// <summary>Opens a session, ending another one of the same robot where the plan allows it. To be given back with <see cref="Leave"/>.</summary>
    /// <returns>The seat, or null with the reason.</returns>
    public async Task<(Seat? Seat, Wire.SessionRefused? Refused)> OpenAsync(SessionPlan plan, IServerStreamWriter<Wire.ControlResponse> responses)
    {
        while (true)
        {
            var refused = TryTakeSeat(plan, out var seat, out var predecessor);
            if (refused is not null) return (null, refused);
            if (seat is not null) return (await FillAsync(seat, plan, responses), null);
            predecessor!.RequestEnd(Wire.SessionEnd.TakenOver);
            await predecessor.Closed;
            plan = plan with { Start = StartAfter(predecessor, plan) };
        }
    }

    /// <summary>Frees the seat.</summary>
    public void Leave(Seat seat)
    {
        lock (_gate)
        {
            _seats.Remove(seat);
            if (_seats.Count == 0) GCSettings.LatencyMode = _latencyMode;
        }
        seat.Session?.Dispose();
    }

    /// <summary>Lets nobody in any more, brings every arm to rest and waits until all sessions have closed.</summary>
    public Task ShutDownAsync()
    {
        lock (_gate) _isShuttingDown = true;
        var sessions = Sessions;
        foreach (var session in sessions) session.RequestEnd(Wire.SessionEnd.ServiceShutdown);
        return Task.WhenAll(sessions.Select(session => session.Closed));
    }

    private Wire.SessionRefused? TryTakeSeat(SessionPlan plan, out Seat? seat, out ControlSession? predecessor)
    {
        (seat, predecessor) = (null, null);
        lock (_gate)
        {
            if (_isShuttingDown) return Refuse(Wire.SessionRefusal.ShuttingDown, "the service is shutting down");
            if (_seats.Find(taken => taken.RobotId == plan.RobotId) is { } taken)
            {
                var mayReplace = taken.Session is not null && (plan.Takeover || taken.Session.Id == plan.ResumeSessionId);
                predecessor = taken.Session;
                return mayReplace ? null : Refuse(Wire.SessionRefusal.RobotTaken, $"another controller drives robot '{plan.RobotId}'");
            }
            if (_seats.Count >= parts.Options.Limits.MaxSessions)
                return Refuse(Wire.SessionRefusal.TooManySessions, $"the service drives {_seats.Count} arms, as many as it may");
            seat = new Seat(plan.RobotId);
            _seats.Add(seat);
            // From here on a blocking collection costs more than memory does.
            GCSettings.LatencyMode = GCLatencyMode.SustainedLowLatency;
            return null;
        }
    }

    private async Task<Seat> FillAsync(Seat seat, SessionPlan plan, IServerStreamWriter<Wire.ControlResponse> responses)
    {
        ControlSession? session = null;
        try
        {
            var id = RandomNumberGenerator.GetHexString(16, lowercase: true);
            session = await Task.Run(() => new ControlSession(id, plan, parts, responses));
            var isStopped = stops.IsStopped(plan.RobotId);
            seat.Accepted = await Task.Run(() => session.Start(isStopped));
            Publish(seat, session, isStopped);
            return seat;
        }
        catch
        {
            session?.Dispose();
            Leave(seat);
            throw;
        }
    }

    // Who stops, resets or shuts down meanwhile looks for sessions after saying so: what they could not find yet looks for them.
    private void Publish(Seat seat, ControlSession session, bool startedStopped)
    {
        lock (stops.Order)
        {
            lock (_gate) seat.Session = session;
            if (stops.IsStopped(seat.RobotId)) session.RequestEmergencyStop();
            else if (startedStopped) session.RequestReset();
        }
        if (IsShuttingDown) session.RequestEnd(Wire.SessionEnd.ServiceShutdown);
    }

    // A robot that resumes has held by itself and knows best where it is; one that is taken over was driven by us until now.
    private static RobotCommand StartAfter(ControlSession predecessor, SessionPlan plan) =>
        predecessor.Id != plan.ResumeSessionId && predecessor.LastCommand.Command is { Joints.Count: > 0 } last ? last : plan.Start;

    private static Wire.SessionRefused Refuse(Wire.SessionRefusal refusal, string detail) => new() { Refusal = refusal, Detail = detail };

    /// <summary>One robot's place in the service; without a session while that is being set up.</summary>
    internal sealed class Seat(string robotId)
    {
        public string RobotId { get; } = robotId;

        public ControlSession? Session { get; set; }

        public Wire.SessionAccepted? Accepted { get; set; }
    }
}
