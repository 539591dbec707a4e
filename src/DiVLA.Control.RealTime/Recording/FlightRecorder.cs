namespace DiVLA.Control.RealTime;

/// <summary>Remembers the last ticks, so that what led to a stop can be read afterwards. Preallocated; the loop never waits for readers.</summary>
public sealed class FlightRecorder
{
    private readonly HistoryRing<TickRecord> _ticks;

    internal FlightRecorder(int capacity) => _ticks = new(capacity);

    /// <summary>The last served ticks, oldest first. May be called from any thread.</summary>
    public IReadOnlyList<TickRecord> Snapshot() => _ticks.Snapshot();

    internal void RecordFromLoop(in TickRecord tick) => _ticks.WriteFromLoop(tick);
}
