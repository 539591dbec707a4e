using DiVLA.Control.Service.Sessions;

namespace DiVLA.Control.Service.Telemetry;

/// <summary>The sessions that exporters read. Any thread.</summary>
internal sealed class TelemetrySessions
{
    private readonly Lock _gate = new();
    private readonly List<SessionTelemetry> _sessions = [];

    /// <summary>All that have something to read, oldest first.</summary>
    public IReadOnlyList<SessionTelemetry> All
    {
        get
        {
            lock (_gate) return [.. _sessions];
        }
    }

    /// <summary>Lets exporters read a session from now on.</summary>
    public SessionTelemetry Open(string session, string robot, SessionMeasures measures)
    {
        var telemetry = new SessionTelemetry(session, robot, measures);
        lock (_gate) _sessions.Add(telemetry);
        return telemetry;
    }

    /// <summary>Forgets a session that was read to its end.</summary>
    public void Forget(SessionTelemetry session)
    {
        lock (_gate) _sessions.Remove(session);
    }
}
