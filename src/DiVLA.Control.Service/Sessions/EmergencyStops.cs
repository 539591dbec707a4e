namespace DiVLA.Control.Service.Sessions;

/// <summary>Which arms an operator has stopped. Outlives sessions: who connects again is still stopped.</summary>
internal sealed class EmergencyStops
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _robots = [];
    private bool _all;

    /// <summary>True while every arm is stopped, also those that connect later.</summary>
    public bool AllStopped
    {
        get
        {
            lock (_gate) return _all;
        }
    }

    /// <summary>Robots that were stopped one by one.</summary>
    public IReadOnlyList<string> StoppedRobots
    {
        get
        {
            lock (_gate) return [.. _robots.Order(StringComparer.Ordinal)];
        }
    }

    public bool IsStopped(string robotId)
    {
        lock (_gate) return _all || _robots.Contains(robotId);
    }

    public void StopAll()
    {
        lock (_gate) _all = true;
    }

    public void Stop(string robotId)
    {
        lock (_gate) _robots.Add(robotId);
    }

    /// <returns>Robots that were stopped one by one.</returns>
    public IReadOnlyList<string> ResetAll()
    {
        lock (_gate)
        {
            string[] robots = [.. _robots];
            _robots.Clear();
            _all = false;
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
