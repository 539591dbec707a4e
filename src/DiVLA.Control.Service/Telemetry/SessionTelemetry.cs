using DiVLA.Control.Service.Sessions;

namespace DiVLA.Control.Service.Telemetry;

/// <summary>What exporters read of one session: every tick from a queue, everything else as counts.</summary>
internal sealed class SessionTelemetry(string session, string robot, SessionMeasures measures)
{
    private SessionCounts? _last;

    /// <summary>Id of the session.</summary>
    public string Session { get; } = session;

    /// <summary>Id of its robot.</summary>
    public string Robot { get; } = robot;

    /// <summary>Its ticks.</summary>
    public TickTraceQueue Ticks { get; } = new();

    /// <summary>True once nothing follows.</summary>
    public bool IsClosed => Volatile.Read(ref _last) is not null;

    /// <summary>What exporters have taken over already. Theirs alone.</summary>
    public SessionCounts Exported { get; set; } = SessionCounts.Zero;

    /// <summary>The counts as of now, or as of the end.</summary>
    public SessionCounts Counts() => Volatile.Read(ref _last) ?? Read(isOver: false);

    /// <summary>Takes the last counts. When loop and egress have ended.</summary>
    public void Close() => Volatile.Write(ref _last, Read(isOver: true));

    private SessionCounts Read(bool isOver) => measures.Counts(isOver) with { TracesLost = Ticks.Dropped };
}

/// <summary>What has been counted in one session.</summary>
internal sealed record SessionCounts(
    long Missed, long Limited, long ObservationsReceived, long ObservationsSuperseded, long ObservationsRefused, long Inferences, long InferenceFaults, long Phrases)
{
    /// <summary>Before anything was counted.</summary>
    public static SessionCounts Zero { get; } = new(0, 0, 0, 0, 0, 0, 0, 0);

    /// <summary>Traces of ticks that exporters were too slow for.</summary>
    public long TracesLost { get; init; }
}
