using DiVLA.Control.Robot;

namespace DiVLA.Control.RealTime.Tests;

internal sealed class TickWaiterTests
{
    private static readonly TimeSpan Spin = TimeSpan.FromMicroseconds(200);

    [Test]
    public void SystemClock_OnLinux_CountsTheKernelsMonotonicNanoseconds()
    {
        if (!OperatingSystem.IsLinux()) Assert.Ignore("Only Linux sleeps until absolute instants.");
        Assert.That(LinuxSleep.Measures(TimeProvider.System), Is.True);
        Assert.That(LinuxSleep.Measures(new OddClock()), Is.False);
    }

    [Test]
    public void SleepThenSpin_RealDeadlines_NeverReturnsBeforeThem()
    {
        using var waiter = new SleepThenSpinTickWaiter(TimeProvider.System, Spin);
        var deadline = MonotonicTime.Now(TimeProvider.System);
        for (var wait = 0; wait < 20; wait++)
        {
            deadline += 1_000_000;
            Assert.That(waiter.WaitUntil(deadline), Is.GreaterThanOrEqualTo(deadline));
            Assert.That(MonotonicTime.Now(TimeProvider.System), Is.GreaterThanOrEqualTo(deadline));
        }
    }

    [Test]
    public void SleepThenSpin_DeadlinePassed_ReturnsTheTime()
    {
        using var waiter = new SleepThenSpinTickWaiter(TimeProvider.System, Spin);
        var before = MonotonicTime.Now(TimeProvider.System);
        Assert.That(waiter.WaitUntil(before + -1), Is.GreaterThanOrEqualTo(before));
    }

    [Test]
    public void SleepThenSpin_SimulatedClockStandsStill_SleepsOnATimerAndEndsWhenWoken()
    {
        var clock = new OddClock();
        using var waiter = new SleepThenSpinTickWaiter(clock, Spin);
        var start = MonotonicTime.Now(clock);
        var returned = new TaskCompletionSource<MonotonicTime>();
        var loop = new Thread(() => returned.SetResult(waiter.WaitUntil(start + 5_000_000)));
        loop.Start();
        waiter.WakeFromAnyThread();
        loop.Join();
        Assert.That(returned.Task.Result, Is.EqualTo(start));
    }

    [Test]
    public void Timer_SimulatedClockAdvances_ReturnsAtTheDeadline()
    {
        var clock = new OddClock();
        using var waiter = new TimerTickWaiter(clock);
        var start = MonotonicTime.Now(clock);
        var returned = new List<MonotonicTime>();
        var loop = new Thread(() =>
        {
            for (var tick = 1; tick <= 20; tick++)
                returned.Add(waiter.WaitUntil(start + tick * 12_195_122L));
        });
        loop.Start();
        while (loop.IsAlive)
        {
            clock.Advance(TimeSpan.FromTicks(30_011));
            Thread.Yield();
        }
        Assert.That(returned, Has.Count.EqualTo(20));
        for (var tick = 1; tick <= 20; tick++)
            Assert.That(returned[tick - 1], Is.GreaterThanOrEqualTo(start + tick * 12_195_122L));
    }

    [Test]
    public void Timer_Woken_EndsThisAndEveryLaterWait()
    {
        var clock = new OddClock();
        using var waiter = new TimerTickWaiter(clock);
        var start = MonotonicTime.Now(clock);
        waiter.WakeFromAnyThread();
        Assert.That(waiter.WaitUntil(start + 1_000_000_000), Is.EqualTo(start));
        Assert.That(waiter.WaitUntil(start + 2_000_000_000), Is.EqualTo(start));
    }
}
