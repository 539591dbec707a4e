using DiVLA.Control.Robot;

namespace DiVLA.Control.RealTime;

/// <summary>Sleeps until shortly before the deadline and spins through the rest: punctual to well under a microsecond for a few percent of one core.</summary>
/// <remarks>
/// On Linux the sleep is `clock_nanosleep` on an absolute deadline. Elsewhere it is a system timer, which may fire milliseconds late.
/// The spin lasts no longer than asked for: a real-time thread gives the processor back in every period.
/// </remarks>
public sealed class SleepThenSpinTickWaiter : ITickWaiter, IDisposable
{
    private const int PausesBetweenLooks = 2;
    private readonly TimeProvider _clock;
    private readonly long _spinNs;
    private readonly TimerTickWaiter? _timer;

    /// <summary>Takes the clock that deadlines are given on.</summary>
    /// <param name="clock">Clock of the session.</param>
    /// <param name="spinBeforeDeadline">How long to spin at most.</param>
    public SleepThenSpinTickWaiter(TimeProvider clock, TimeSpan spinBeforeDeadline)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(spinBeforeDeadline, TimeSpan.Zero);
        _clock = clock;
        _spinNs = spinBeforeDeadline.Ticks * 100;
        _timer = LinuxSleep.Measures(clock) ? null : new TimerTickWaiter(clock);
    }

    /// <inheritdoc/>
    public MonotonicTime WaitUntil(MonotonicTime deadline)
    {
        var now = MonotonicTime.Now(_clock);
        if (now >= deadline) return now;
        var spinFrom = deadline + -_spinNs;
        if (spinFrom > now) now = SleepUntil(spinFrom);
        return now < spinFrom ? now : Spin(deadline);
    }

    /// <summary>Does nothing on Linux: a wait lasts a tick at most.</summary>
    public void WakeFromAnyThread() => _timer?.WakeFromAnyThread();

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    // Comes back early only where the loop is stopping.
    private MonotonicTime SleepUntil(MonotonicTime instant)
    {
        if (_timer is not null) return _timer.WaitUntil(instant);
        LinuxSleep.Until(instant);
        return MonotonicTime.Now(_clock);
    }

    private MonotonicTime Spin(MonotonicTime deadline)
    {
        while (true)
        {
            var now = MonotonicTime.Now(_clock);
            if (now >= deadline) return now;
            Thread.SpinWait(PausesBetweenLooks);
        }
    }
}
