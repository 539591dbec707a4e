namespace DiVLA.Control.RealTime;

/// <summary>The last N values of one writer, for readers on any thread. Preallocated; the writer never waits.</summary>
internal sealed class HistoryRing<T>(int capacity) where T : struct
{
    // One more than is given out: the oldest slot may be in the middle of being overwritten.
    private readonly T[] _slots = new T[capacity + 1];
    private long _written;

    /// <summary>Values written so far.</summary>
    public long Written => Volatile.Read(ref _written);

    /// <summary>Appends a value over the oldest.</summary>
    public void WriteFromLoop(in T value)
    {
        _slots[_written % _slots.Length] = value;
        Volatile.Write(ref _written, _written + 1);
        // The next value must not reach its slot before readers can see that the slot is about to change.
        Volatile.WriteBarrier();
    }

    /// <summary>Copies what is there, oldest first. What the writer replaced meanwhile is left out.</summary>
    public T[] Snapshot()
    {
        var end = Volatile.Read(ref _written);
        var start = Math.Max(0, end - capacity);
        var copy = new T[end - start];
        for (var index = start; index < end; index++)
            copy[index - start] = _slots[index % _slots.Length];
        Volatile.ReadBarrier();
        var oldestWhole = Volatile.Read(ref _written) - capacity;
        return oldestWhole <= start ? copy : copy[(int)Math.Min(oldestWhole - start, copy.Length)..];
    }
}
