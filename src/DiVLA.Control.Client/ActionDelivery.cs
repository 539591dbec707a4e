using DiVLA.Control.Robot;

namespace DiVLA.Control.Client;

/// <summary>Hands commands to the robot, the service's while they come and the watchdog's when they do not: one at a time, never both.</summary>
internal sealed class ActionDelivery : IDisposable
{
    private readonly Lock _gate = new();
    private readonly RobotControlOptions _options;
    private readonly RobotControlHandler _handler;
    private readonly SilenceWatchdog _watchdog;
    private readonly ITimer _tick;
    private RobotSession? _session;
    private MonotonicTime _heardAt;

    public ActionDelivery(RobotControlOptions options, RobotControlHandler handler)
    {
        _options = options;
        _handler = handler;
        _watchdog = new SilenceWatchdog(options.Contract, options.SilenceLimit);
        var period = TimeSpan.FromSeconds(1 / options.Contract.ControlRateHz);
        _tick = options.Clock.CreateTimer(_ => Watch(), null, period, period);
    }

    /// <summary>Actions come from this session from now on.</summary>
    public void Attach(RobotSession session, MonotonicTime now)
    {
        lock (_gate) (_session, _heardAt) = (session, now);
    }

    /// <summary>No more actions come from this session.</summary>
    public void Detach(RobotSession session)
    {
        lock (_gate)
            if (_session == session) _session = null;
    }

    /// <summary>Gives the arm an action of the service.</summary>
    public void Deliver(in RobotAction action)
    {
        lock (_gate)
        {
            _heardAt = action.ReceivedAt;
            _watchdog.Feed(action);
            _options.Watcher?.OnAction(action);
            _handler.OnAction(action);
        }
    }

    /// <summary>The robot stops on purpose: nothing is held any more.</summary>
    public void Dispose() => _tick.Dispose();

    private void Watch()
    {
        RobotSession? lost = null;
        lock (_gate)
        {
            var now = MonotonicTime.Now(_options.Clock);
            if (_watchdog.TryHold(now, out var hold))
            {
                _options.Watcher?.OnAction(hold);
                _handler.OnHold(hold);
            }
            if (_session is not null && now - _heardAt >= LongestSilence(_session).TotalMilliseconds * 1e6) (lost, _session) = (_session, null);
        }
        lost?.Abandon($"no action for {LongestSilence(lost).TotalMilliseconds} ms");
    }

    // A session that is ending has no more actions to send: what is still to come is its summary.
    private TimeSpan LongestSilence(RobotSession session) => session.Stream.IsEnding ? _options.EndLimit : _options.SilenceLimit;
}
