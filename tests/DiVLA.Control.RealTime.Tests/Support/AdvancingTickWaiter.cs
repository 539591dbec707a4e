using DiVLA.Control.Robot;
using Microsoft.Extensions.Time.Testing;

namespace DiVLA.Control.RealTime.Tests;

/// <summary>Waits by moving simulated time on; after a number of ticks it stands still until the loop is stopped.</summary>
internal sealed class AdvancingTickWaiter(FakeTimeProvider clock, int ticks = int.MaxValue) : ITickWaiter, IDisposable
{
    private readonly ManualResetEventSlim _woken = new();
    private readonly ManualResetEventSlim _finished = new();
    private int _waits;

    /// <summary>How much later than the deadline the wait of a given number ends.</summary>
    public Func<int, TimeSpan> Oversleep { get; set; } = static _ => TimeSpan.Zero;

    public MonotonicTime WaitUntil(MonotonicTime deadline)
    {
        if (_waits == ticks)
        {
            _finished.Set();
            _woken.Wait();
        }
        clock.Advance(Oversleep(_waits++));
        while (MonotonicTime.Now(clock) is var now && now < deadline)
            clock.Advance(TimeSpan.FromTicks((deadline - now + 99) / 100));
        return MonotonicTime.Now(clock);
    }

    public void WakeFromAnyThread() => _woken.Set();

    /// <summary>Returns when all ticks have been served.</summary>
    public void WaitForEnd() => _finished.Wait();

    public void Dispose()
    {
        _woken.Dispose();
        _finished.Dispose();
    }
}
