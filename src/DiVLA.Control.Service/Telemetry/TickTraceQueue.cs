namespace DiVLA.Control.Service.Telemetry;

/// <summary>Traces of ticks on their way from the egress to the exporters. Preallocated; the egress never waits: where exporters are too slow, traces are lost and counted.</summary>
internal sealed class TickTraceQueue
{
    /// <summary>Traces that exporters may be behind: more than ten seconds of ticks.</summary>
    public const int Capacity = 1024;

    private readonly TickTrace[] _slots = new TickTrace[Capacity];
    private long _written;
    private long _read;
    private long _dropped;

    /// <summary>Traces that were lost because nobody took them in time.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Leaves a trace. One thread.</summary>
    public void AddFromEgress(in TickTrace trace)
    {
        if (_written - Volatile.Read(ref _read) == Capacity)
        {
            Volatile.Write(ref _dropped, _dropped + 1);
            return;
        }
        _slots[_written % Capacity] = trace;
        Volatile.Write(ref _written, _written + 1);
    }

    /// <summary>Takes the oldest trace. One thread, another one.</summary>
    /// <returns>False where there is none.</returns>
    public bool TryTakeFromExporter(out TickTrace trace)
    {
        trace = default;
        if (_read == Volatile.Read(ref _written)) return false;
        trace = _slots[_read % Capacity];
        Volatile.Write(ref _read, _read + 1);
        return true;
    }
}
