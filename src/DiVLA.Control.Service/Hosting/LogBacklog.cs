using Serilog.Sinks.Async;

namespace DiVLA.Control.Service;

/// <summary>Counts the log lines that were lost because a target was too slow or could not write them, over all targets. Any thread.</summary>
internal sealed class LogBacklog : IAsyncLogEventSinkMonitor
{
    private readonly Lock _gate = new();
    private readonly List<IAsyncLogEventSinkInspector> _queues = [];
    private long _unwritten;

    /// <summary>Lines lost since the start.</summary>
    public long Dropped
    {
        get
        {
            lock (_gate) return _unwritten + _queues.Sum(queue => queue.DroppedMessagesCount);
        }
    }

    /// <summary>Counts lines that a target could not write.</summary>
    public void CountUnwritten(int lines)
    {
        lock (_gate) _unwritten += lines;
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
