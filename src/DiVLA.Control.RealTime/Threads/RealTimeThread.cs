using System.Runtime.InteropServices;

namespace DiVLA.Control.RealTime;

/// <summary>A thread of its own, made as punctual as the operating system permits.</summary>
internal sealed class RealTimeThread
{
    private static readonly Lazy<int> MemoryLock = new(LinuxScheduling.LockProcessMemory);
    private readonly Thread _thread;

    private RealTimeThread(Thread thread, RealTimeReport report)
    {
        _thread = thread;
        Report = report;
    }

    /// <summary>What came of every measure.</summary>
    public RealTimeReport Report { get; }

    /// <summary>Starts the thread, applies the measures on it and then runs <paramref name="body"/>.</summary>
    /// <exception cref="RealTimeRefusedException">A measure that the options ask for was refused and the strictness is enforce; the body does not run.</exception>
    public static RealTimeThread Start(string name, RealTimeOptions options, Action body)
    {
        var measured = new TaskCompletionSource<RealTimeReport>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            var report = ApplyMeasures(options);
            measured.SetResult(report);
            if (!MustRefuse(report, options)) body();
        })
        { Name = name, IsBackground = false };
        thread.Start();
        var report = measured.Task.GetAwaiter().GetResult();
        return MustRefuse(report, options) ? throw new RealTimeRefusedException(report) : new RealTimeThread(thread, report);
    }

    /// <summary>Waits for the body to return.</summary>
    public void Join() => _thread.Join();

    private static bool MustRefuse(RealTimeReport report, RealTimeOptions options) =>
        options.Strictness == RealTimeStrictness.Enforce && report.Denied.Any();

    private static RealTimeReport ApplyMeasures(RealTimeOptions options) => new(
    [
        Apply(RealTimeMeasure.TimerSlack, true, "1 ns", () => LinuxScheduling.SetTimerSlack(1)),
        Apply(RealTimeMeasure.FifoPriority, options.FifoPriority > 0, $"SCHED_FIFO {options.FifoPriority}", () => LinuxScheduling.SetFifoPriority(options.FifoPriority)),
        Apply(RealTimeMeasure.CpuAffinity, options.CpuAffinity is not null, $"processor {options.CpuAffinity}", () => LinuxScheduling.SetAffinity(options.CpuAffinity!.Value)),
        Apply(RealTimeMeasure.MemoryLock, options.LockMemory, "pages locked when touched", () => MemoryLock.Value),
    ]);

    private static RealTimeMeasureResult Apply(RealTimeMeasure measure, bool isRequested, string value, Func<int> apply)
    {
        if (!isRequested) return new(measure, RealTimeOutcome.NotRequested, "not asked for");
        if (!OperatingSystem.IsLinux()) return new(measure, RealTimeOutcome.Unsupported, RuntimeInformation.OSDescription);
        var errno = apply();
        return errno == 0
            ? new(measure, RealTimeOutcome.Granted, value)
            : new(measure, RealTimeOutcome.Refused, $"{value}: {Marshal.GetPInvokeErrorMessage(errno)}, errno {errno}");
    }
}
