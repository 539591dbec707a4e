namespace DiVLA.Control.Robot;

/// <summary>An instant on this process's monotonic clock. Unit: ns since an arbitrary start. Never a wall-clock time.</summary>
/// <param name="Nanoseconds">Unit: ns.</param>
public readonly record struct MonotonicTime(long Nanoseconds) : IComparable<MonotonicTime>
{
    /// <summary>Reads the clock that everything in a session shares.</summary>
    public static MonotonicTime Now(TimeProvider clock)
    {
        var seconds = Math.DivRem(clock.GetTimestamp(), clock.TimestampFrequency, out var rest);
        return new MonotonicTime(seconds * 1_000_000_000 + rest * 1_000_000_000 / clock.TimestampFrequency);
    }

    /// <summary>Time from <paramref name="start"/> to <paramref name="end"/>. Unit: ns.</summary>
    public static long operator -(MonotonicTime end, MonotonicTime start) => end.Nanoseconds - start.Nanoseconds;

    /// <summary>The instant <paramref name="nanoseconds"/> later. Unit: ns.</summary>
    public static MonotonicTime operator +(MonotonicTime start, long nanoseconds) => new(start.Nanoseconds + nanoseconds);

    public static bool operator <(MonotonicTime left, MonotonicTime right) => left.Nanoseconds < right.Nanoseconds;

    public static bool operator >(MonotonicTime left, MonotonicTime right) => left.Nanoseconds > right.Nanoseconds;

    public static bool operator <=(MonotonicTime left, MonotonicTime right) => left.Nanoseconds <= right.Nanoseconds;

    public static bool operator >=(MonotonicTime left, MonotonicTime right) => left.Nanoseconds >= right.Nanoseconds;

    /// <inheritdoc/>
    public int CompareTo(MonotonicTime other) => Nanoseconds.CompareTo(other.Nanoseconds);
}
