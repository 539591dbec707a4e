namespace DiVLA.Control.Service.Sessions;

/// <summary>Which arms an operator has stopped. Outlives sessions: who connects again is still stopped.</summary>
internal sealed class EmergencyStops
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _robots = [];
    private long? _all;
    private long _asked;

    /// <summary>Held by whoever latches or withdraws a stop until the loops have been told as well: of a stop and a reset that come together, one is wholly first.</summary>
    public Lock Order { get; } = new();

    /// <summary>Stops that were asked for since the start. A reset that takes this down when it arrives can tell which of them came later.</summary>
    public long Asked
    {
        get
        {
            lock (_gate) return _asked;
        }
    }

    /// <summary>True while every arm is stopped, also those that connect later.</summary>
    public bool AllStopped
    {
        get
        {
            lock (_gate) return _all is not null;
        }
    }

    /// <summary>Robots that were stopped one by one.</summary>
    public IReadOnlyList<string> StoppedRobots
    {
        get
        {
            lock (_gate) return [.. _robots.Keys.Order(StringComparer.Ordinal)];
        }
    }

    public bool IsStopped(string robotId)
    {
        lock (_gate) return _all is not null || _robots.ContainsKey(robotId);
    }

    /// <summary>Whether a stop of that robot, or of all, was asked for after <paramref name="asked"/> others; without a robot, whether any was.</summary>
    public bool IsStoppedSince(long asked, string? robotId)
    {
        lock (_gate) return _all > asked || (robotId is null ? _robots.Values.Any(stop => stop > asked) : _robots.GetValueOrDefault(robotId) > asked);
    }

    public void StopAll()
    {
        lock (_gate) _all = ++_asked;
    }

    public void Stop(string robotId)
    {
        lock (_gate) _robots[robotId] = ++_asked;
    }

    /// <returns>Robots that were stopped one by one.</returns>
    public IReadOnlyList<string> ResetAll()
    {
        lock (_gate)
        {
            string[] robots = [.. _robots.Keys];
            _robots.Clear();
            _all = null;
            return robots;
        }
    }

    /// <summary>Withdraws the stop of one robot. While all are stopped, it stays stopped.</summary>
    /// <returns>False where it was not stopped by itself.</returns>
    public bool Reset(string robotId)
    {
        lock (_gate) return _robots.Remove(robotId);
    }
}
