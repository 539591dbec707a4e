using DiVLA.Control.Protocol.V1;

namespace DiVLA.Control.Cli.Watch;

/// <summary>What is known of the sessions that are watched, put together from the events.</summary>
internal sealed class WatchBoard
{
    private readonly List<SessionInfo> _sessions = [];

    /// <summary>Sessions that are open, in the order in which they were seen.</summary>
    public IReadOnlyList<SessionInfo> Sessions => _sessions;

    /// <summary>Which arms are stopped.</summary>
    public StopState Stops { get; private set; } = new();

    /// <summary>The session of an event; null where it is about none, or has ended.</summary>
    public SessionInfo? Find(WatchResponse news) => _sessions.Find(session => session.SessionId == news.SessionId);

    /// <summary>Takes note of an event.</summary>
    public void See(WatchResponse news)
    {
        if (news.EventCase == WatchResponse.EventOneofCase.Stops) Stops = news.Stops;
        if (news.EventCase == WatchResponse.EventOneofCase.Session) Open(news.Session);
        if (news.EventCase == WatchResponse.EventOneofCase.Ended) _sessions.RemoveAll(session => session.SessionId == news.SessionId);
        if (Find(news) is not { } seen) return;
        switch (news.EventCase)
        {
            case WatchResponse.EventOneofCase.Phrase: seen.Phrase = news.Phrase; break;
            case WatchResponse.EventOneofCase.State: (seen.State, seen.Reason) = (news.State.State, news.State.Reason); break;
            case WatchResponse.EventOneofCase.Joints: seen.Arm = news.Joints; break;
            case WatchResponse.EventOneofCase.Statistics: seen.Statistics = news.Statistics; break;
        }
    }

    private void Open(SessionInfo session)
    {
        var index = _sessions.FindIndex(known => known.SessionId == session.SessionId);
        if (index < 0)
        {
            _sessions.Add(session);
            return;
        }
        // Statistics come by themselves.
        session.Statistics = _sessions[index].Statistics;
        _sessions[index] = session;
    }
}
