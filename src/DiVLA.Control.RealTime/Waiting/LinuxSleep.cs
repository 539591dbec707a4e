using System.Runtime.InteropServices;
using DiVLA.Control.Robot;

namespace DiVLA.Control.RealTime;

/// <summary>Sleeps until an absolute instant of CLOCK_MONOTONIC.</summary>
internal static unsafe partial class LinuxSleep
{
    private const int ClockMonotonic = 1;
    private const int TimerAbsolute = 1;
    private const int Interrupted = 4;

    /// <summary>True where a clock counts CLOCK_MONOTONIC nanoseconds, as <see cref="TimeProvider.System"/> does on Linux: deadlines can be handed to the kernel as they are.</summary>
    public static bool Measures(TimeProvider clock)
    {
        if (!OperatingSystem.IsLinux()) return false;
        var before = MonotonicTime.Now(clock);
        TimeSpec time;
        if (ClockGetTime(ClockMonotonic, &time) != 0) return false;
        var kernel = new MonotonicTime(time.Seconds * 1_000_000_000 + time.Nanoseconds);
        return before <= kernel && kernel <= MonotonicTime.Now(clock);
    }

    /// <summary>Returns at the instant or, by the kernel's choice, later; at once where it has passed.</summary>
    public static void Until(MonotonicTime instant)
    {
        var (seconds, nanoseconds) = Math.DivRem(instant.Nanoseconds, 1_000_000_000);
        var time = new TimeSpec { Seconds = (nint)seconds, Nanoseconds = (nint)nanoseconds };
        while (ClockNanosleep(ClockMonotonic, TimerAbsolute, &time, null) == Interrupted)
        {
            // The deadline is absolute: sleeping on is calling again.
        }
    }

    // timespec has two words on every 64-bit Linux.
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static partial int ClockNanosleep(int clock, int flags, TimeSpec* request, TimeSpec* remaining);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, TimeSpec* time);
}
