using DiVLA.Control.Robot;
using Google.Protobuf.WellKnownTypes;

namespace DiVLA.Control.Service.Records;

/// <summary>Instants of the service clock as wall-clock time, by what the two clocks said at one moment.</summary>
/// <remarks>Records outlive the process, its monotonic clock does not. Taken anew for every batch, so that a wall clock that is set right is followed.</remarks>
internal readonly struct WallClock(TimeProvider clock)
{
    private readonly long _nowUs = Of(clock.GetUtcNow());
    private readonly long _nowNs = MonotonicTime.Now(clock).Nanoseconds;

    /// <summary>Unit: us since 1970-01-01T00:00:00Z.</summary>
    public long At(MonotonicTime instant) => _nowUs + (instant.Nanoseconds - _nowNs) / 1000;

    /// <summary>Unit: us since 1970-01-01T00:00:00Z.</summary>
    public static long Of(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / 10;

    /// <summary>Unit: us since 1970-01-01T00:00:00Z.</summary>
    public static long Of(Timestamp time) => time.Seconds * 1_000_000 + time.Nanos / 1000;

    /// <param name="us">Since 1970-01-01T00:00:00Z. Unit: us.</param>
    public static Timestamp ToWire(long us) => new() { Seconds = us / 1_000_000, Nanos = (int)(us % 1_000_000) * 1000 };
}
