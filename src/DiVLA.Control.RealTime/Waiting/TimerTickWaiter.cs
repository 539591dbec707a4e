using DiVLA.Control.Robot;

namespace DiVLA.Control.RealTime;

/// <summary>Waits on a timer of the given <see cref="TimeProvider"/>: exact on a simulated clock, as coarse as the system's timers on a real one.</summary>
public sealed class TimerTickWaiter : ITickWaiter, IDisposable
{
    private readonly TimeProvider _clock;
    private readonly ManualResetEventSlim _elapsed = new();
    private readonly ITimer _timer;
    private volatile bool _isWoken;

    /// <summary>Prepares the timer.</summary>
    public TimerTickWaiter(TimeProvider clock)
    {
        _clock = clock;
        _timer = clock.CreateTimer(static waiter => ((TimerTickWaiter)waiter!)._elapsed.Set(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public MonotonicTime WaitUntil(MonotonicTime deadline)
    {
        while (true)
        {
            _elapsed.Reset();
            var now = MonotonicTime.Now(_clock);
            if (now >= deadline || _isWoken) return now;
            _timer.Change(RoundedUp(deadline - now), Timeout.InfiniteTimeSpan);
            _elapsed.Wait();
        }
    }

    /// <inheritdoc/>
    public void WakeFromAnyThread()
    {
        _isWoken = true;
        _elapsed.Set();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        _elapsed.Dispose();
    }

    private static TimeSpan RoundedUp(long nanoseconds) => TimeSpan.FromTicks((nanoseconds + 99) / 100);
}
