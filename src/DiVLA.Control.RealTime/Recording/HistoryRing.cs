namespace DiVLA.Control.RealTime;

/// <summary>The last N values of one writer, for readers on any thread. Preallocated; the writer never waits.</summary>
internal sealed class HistoryRing<T>(int capacity) where T : struct
{
    private readonly T[] _slots = new T[capacity];
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
        var start = Math.Max(0, end - _slots.Length);
        var copy = new T[end - start];
        for (var index = start; index < end; index++)
            copy[index - start] = _slots[index % _slots.Length];
        Volatile.ReadBarrier();
        var overwritten = Volatile.Read(ref _written) - _slots.Length + 1;
        return overwritten <= start || overwritten <= 0 ? copy : copy[(int)Math.Min(overwritten - start, copy.Length)..];
    }
}
