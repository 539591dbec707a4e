using DiVLA.Control.Robot;
using DiVLA.Control.Service.Rpc;
using DiVLA.Control.Service.Sessions;

namespace DiVLA.Control.Service.Live;

/// <summary>Follows one session for one reader.</summary>
internal sealed class SessionFollower : IDisposable
{
    private static readonly TimeSpan StatisticsPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PicturePeriod = TimeSpan.FromMilliseconds(500);

    private readonly SessionViews _views;
    private readonly LiveBoard<Wire.Phrase>.Watch _phrases;
    private readonly LiveBoard<Wire.StateChange>.Watch _states;
    private readonly Cadence _joints;
    private readonly Cadence _statistics = new(StatisticsPeriod);
    private readonly Cadence? _pictures;
    private string? _instruction;
    private Wire.PhrasePin? _pin;
    private ulong _picture;

    private SessionFollower(
        ControlSession session, SessionViews views, LiveBoard<Wire.Phrase>.Watch phrases, LiveBoard<Wire.StateChange>.Watch states, TimeSpan period, bool withPictures)
    {
        (Session, _views, _phrases, _states) = (session, views, phrases, states);
        _joints = new Cadence(period);
        _pictures = withPictures ? new Cadence(PicturePeriod) : null;
    }

    public ControlSession Session { get; }

    /// <summary>True where the session has ended and everything of it has been told.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Begins to follow; null where there are as many readers as allowed.</summary>
    public static SessionFollower? TryFollow(ControlSession session, SessionViews views, TimeSpan period, bool withPictures)
    {
        if (session.Boards.Phrases.TryWatch() is not { } phrases) return null;
        if (session.Boards.States.TryWatch() is { } states) return new SessionFollower(session, views, phrases, states, period, withPictures);
        phrases.Dispose();
        return null;
    }

    /// <summary>What is new.</summary>
    public IEnumerable<Wire.WatchResponse> Look(MonotonicTime now)
    {
        // Looked at first: what came before the end is told before it.
        var isClosed = Session.Closed.IsCompleted;
        if (HasOtherTask()) yield return Event(news => news.Session = _views.WithContract(Session, withStatistics: false));
        while (_phrases.TryRead(out var phrase))
            if (phrase.PhraseId > 0) yield return Event(news => news.Phrase = phrase);
        while (_states.TryRead(out var state))
            if (state.State != Wire.LadderState.Unspecified) yield return Event(news => news.State = state);
        if (_joints.IsDue(now)) yield return Event(news => news.Joints = WireArm.Of(Session.LastCommand, Session.Observed));
        if (_statistics.IsDue(now)) yield return Event(news => news.Statistics = Session.LiveStatistics(now));
        foreach (var picture in Pictures(now)) yield return Event(news => news.Picture = picture);
        if (!isClosed) yield break;
        IsOver = true;
        yield return Event(news => news.Ended = new Wire.SessionEnded());
    }

    public void Dispose()
    {
        _phrases.Dispose();
        _states.Dispose();
    }

    private bool HasOtherTask()
    {
        var (instruction, pin) = (Session.Instruction, WirePins.ToWire(Session.CurrentPin));
        if (instruction == _instruction && Equals(pin, _pin)) return false;
        (_instruction, _pin) = (instruction, pin);
        return true;
    }

    private IEnumerable<Wire.Picture> Pictures(MonotonicTime now)
    {
        if (_pictures?.IsDue(now) != true || Session.Frames.Look() is not { } seen || seen.Sequence == _picture) return [];
        _picture = seen.Sequence;
        return Session.Thumbnails.Of(seen);
    }

    private Wire.WatchResponse Event(Action<Wire.WatchResponse> fill)
    {
        var news = new Wire.WatchResponse
        {
            SessionId = Session.Id,
            RobotId = Session.RobotId,
            Skipped = (ulong)(_phrases.TakeSkipped() + _states.TakeSkipped()),
        };
        fill(news);
        return news;
    }

    /// <summary>Something that is due now and then, and at once the first time.</summary>
    private sealed class Cadence(TimeSpan period)
    {
        // Looks come by a timer: one that is a little early must not wait for the next.
        private readonly long _periodNs = (long)(period.TotalNanoseconds * 0.75);
        private MonotonicTime? _last;

        public bool IsDue(MonotonicTime now)
        {
            if (_last is { } last && now - last < _periodNs) return false;
            _last = now;
            return true;
        }
    }
}
