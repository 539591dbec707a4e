using System.Runtime.InteropServices;

namespace DiVLA.Control.RealTime;

/// <summary>A thread of its own, made as punctual as the operating system permits.</summary>
/// <remarks>
/// Nothing is allocated on the thread before its body runs: a thread that allocates owns a piece of the heap, and the next collection counts what is
/// left of that piece as allocated. Every object around it is made by who starts it.
/// </remarks>
public sealed class RealTimeThread
{
    private static readonly Lazy<int> MemoryLock = new(LinuxScheduling.LockProcessMemory);

    private static readonly Measure[] Measures =
    [
        new(RealTimeMeasure.TimerSlack, static _ => true, static _ => "1 ns", static _ => LinuxScheduling.SetTimerSlack(1)),
        new(RealTimeMeasure.FifoPriority, static o => o.FifoPriority > 0, static o => $"SCHED_FIFO {o.FifoPriority}", static o => LinuxScheduling.SetFifoPriority(o.FifoPriority)),
        new(RealTimeMeasure.CpuAffinity, static o => o.CpuAffinity is not null, static o => $"processor {o.CpuAffinity}", static o => LinuxScheduling.SetAffinity(o.CpuAffinity!.Value)),
        new(RealTimeMeasure.MemoryLock, static o => o.LockMemory, static _ => "pages locked when touched", static _ => MemoryLock.Value),
    ];

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
        // For the whole process, so it can be done here as well.
        if (options.LockMemory && OperatingSystem.IsLinux()) _ = MemoryLock.Value;
        var errors = new int[Measures.Length];
        var applied = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            for (var index = 0; index < errors.Length; index++) errors[index] = Measures[index].ApplyTo(options);
            applied.SetResult();
            if (!MustRefuse(errors, options)) body();
        })
        { Name = name, IsBackground = false };
        thread.Start();
        applied.Task.GetAwaiter().GetResult();
        var report = new RealTimeReport([.. Measures.Select((measure, index) => measure.Describe(options, errors[index]))]);
        return MustRefuse(errors, options) ? throw new RealTimeRefusedException(report) : new RealTimeThread(thread, report);
    }

    /// <summary>Waits for the body to return.</summary>
    public void Join() => _thread.Join();

    private static bool MustRefuse(int[] errors, RealTimeOptions options) =>
        options.Strictness == RealTimeStrictness.Enforce && Array.Exists(errors, static error => error != 0);

    /// <summary>One measure: whether it is asked for, what it is in words, and how it is taken by the calling thread.</summary>
    private sealed record Measure(
        RealTimeMeasure Kind, Func<RealTimeOptions, bool> IsRequested, Func<RealTimeOptions, string> Value, Func<RealTimeOptions, int> Apply)
    {
        private const int Unsupported = -1;

        /// <summary>0, an errno, or <see cref="Unsupported"/>.</summary>
        public int ApplyTo(RealTimeOptions options) =>
            !IsRequested(options) ? 0 : OperatingSystem.IsLinux() ? Apply(options) : Unsupported;

        public RealTimeMeasureResult Describe(RealTimeOptions options, int error) => error switch
        {
            0 when !IsRequested(options) => new(Kind, RealTimeOutcome.NotRequested, "not asked for"),
            0 => new(Kind, RealTimeOutcome.Granted, Value(options)),
            Unsupported => new(Kind, RealTimeOutcome.Unsupported, RuntimeInformation.OSDescription),
            _ => new(Kind, RealTimeOutcome.Refused, $"{Value(options)}: {Marshal.GetPInvokeErrorMessage(error)}, errno {error}"),
        };
    }
}
