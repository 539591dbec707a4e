using DiVLA.Control.Robot;
using DiVLA.Control.Service.Identity;
using DiVLA.Control.Service.Rpc;
using DiVLA.Control.Service.Sessions;

namespace DiVLA.Control.Service.Live;

/// <summary>The sessions that one reader follows: the one it named, or all of them and those that open later.</summary>
internal sealed class FollowedSessions : IDisposable
{
    private readonly SessionRegistry _registry;
    private readonly SessionViews _views;
    private readonly ServiceOptions _options;
    private readonly TimeSpan _period;
    private readonly Wire.WatchRequest _request;
    private readonly RobotScope _robots;
    private readonly List<SessionFollower> _followers = [];
    private readonly bool _isOne;

    /// <exception cref="Grpc.Core.RpcException">NOT_FOUND: there is no such session. RESOURCE_EXHAUSTED: too many readers watch it.</exception>
    public FollowedSessions(SessionRegistry registry, SessionViews views, ServiceOptions options, TimeSpan period, Wire.WatchRequest request, RobotScope robots)
    {
        (_registry, _views, _options, _period, _request, _robots) = (registry, views, options, period, request, robots);
        _isOne = request.Session.Length > 0;
        if (_isOne) Follow(registry.Find(request.Session) ?? throw StatusTable.NoSuchSession(request.Session));
    }

    /// <summary>True where the one session has ended.</summary>
    public bool IsOver => _isOne && _followers.Count == 0;

    /// <summary>What is new.</summary>
    public IEnumerable<Wire.WatchResponse> Look(MonotonicTime now)
    {
        if (!_isOne) FollowNewcomers();
        foreach (var follower in _followers)
            foreach (var news in follower.Look(now)) yield return news;
        foreach (var follower in _followers.Where(follower => follower.IsOver)) follower.Dispose();
        _followers.RemoveAll(follower => follower.IsOver);
    }

    public void Dispose()
    {
        foreach (var follower in _followers) follower.Dispose();
    }

    private void FollowNewcomers()
    {
        foreach (var session in _registry.Sessions.Where(session => _robots.Covers(session.RobotId)))
            if (_followers.TrueForAll(follower => follower.Session != session)) Follow(session);
    }

    private void Follow(ControlSession session) => _followers.Add(
        SessionFollower.TryFollow(session, _views, _period, _request.WithPictures) ?? throw StatusTable.TooManyWatchers(_options.Limits.MaxWatchers));
}
