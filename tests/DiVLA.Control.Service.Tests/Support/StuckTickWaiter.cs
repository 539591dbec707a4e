using DiVLA.Control.RealTime;
using DiVLA.Control.Robot;
using Microsoft.Extensions.Time.Testing;

namespace DiVLA.Control.Service.Tests;

/// <summary>Punctual for some ticks, and then never again until the loop is stopped.</summary>
internal sealed class StuckTickWaiter(FakeTimeProvider clock, int ticks) : ITickWaiter, IDisposable
{
    private readonly ManualResetEventSlim _isStuck = new();
    private readonly ManualResetEventSlim _isWoken = new();
    private int _waits;

    public MonotonicTime WaitUntil(MonotonicTime deadline)
    {
        if (_waits++ == ticks)
        {
            _isStuck.Set();
            _isWoken.Wait();
        }
        else if (MonotonicTime.Now(clock) is var now && now < deadline)
        {
            clock.Advance(TimeSpan.FromTicks((deadline - now + 99) / 100));
        }
        return MonotonicTime.Now(clock);
    }

    public void WakeFromAnyThread() => _isWoken.Set();

    public void WaitUntilStuck() => _isStuck.Wait();

    public void Dispose()
    {
        _isStuck.Dispose();
        _isWoken.Dispose();
    }
}
