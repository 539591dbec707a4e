using Serilog.Sinks.Async;

namespace DiVLA.Control.Service;

/// <summary>Counts the log lines that were lost because a target was too slow, over all targets. Any thread.</summary>
internal sealed class LogBacklog : IAsyncLogEventSinkMonitor
{
    private readonly Lock _gate = new();
    private readonly List<IAsyncLogEventSinkInspector> _queues = [];

    /// <summary>Lines lost since the start.</summary>
    public long Dropped
    {
        get
        {
            lock (_gate) return _queues.Sum(queue => queue.DroppedMessagesCount);
        }
    }

    /// <inheritdoc/>
    public void StartMonitoring(IAsyncLogEventSinkInspector inspector)
    {
        lock (_gate) _queues.Add(inspector);
    }

    /// <inheritdoc/>
    public void StopMonitoring(IAsyncLogEventSinkInspector inspector)
    {
        // What it lost stays lost.
    }
}
