namespace DiVLA.Control.Service.Tests;

/// <summary>The system's clock, whose date can be put forward; its timers and instants are the system's.</summary>
internal sealed class WallClock : TimeProvider
{
    private long _aheadTicks;

    /// <summary>Puts the date forward.</summary>
    public void PutForward(TimeSpan by) => Interlocked.Add(ref _aheadTicks, by.Ticks);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + new TimeSpan(Volatile.Read(ref _aheadTicks));
}
