using System.Runtime.InteropServices;

namespace DiVLA.Control.RealTime;

/// <summary>The Linux calls behind <see cref="RealTimeMeasure"/>. Each acts on the calling thread, except the locking of memory, and returns an errno: 0 is success.</summary>
internal static unsafe partial class LinuxScheduling
{
    private const int PrSetTimerSlack = 29;
    private const int SchedFifo = 1;
    private const int PrioProcess = 0;

    // Threads that the loop thread may start one day must not inherit its priority.
    private const int SchedResetOnFork = 0x40000000;
    private const int MclCurrent = 1;
    private const int MclFuture = 2;

    // Locks pages when they are first touched. The runtime reserves far more address space than it uses: faulting all of it in would exhaust memory.
    private const int MclOnFault = 4;

    public static int SetTimerSlack(nuint nanoseconds) => Errno(Prctl(PrSetTimerSlack, nanoseconds, 0, 0, 0));

    public static int SetFifoPriority(int priority) => Errno(SchedSetScheduler(0, SchedFifo | SchedResetOnFork, &priority));

    public static int SetAffinity(int processor)
    {
        var mask = stackalloc ulong[16];
        for (var word = 0; word < 16; word++)
            mask[word] = word == processor / 64 ? 1UL << (processor % 64) : 0;
        return Errno(SchedSetAffinity(0, 16 * sizeof(ulong), mask));
    }

    // Process 0 is the calling thread: Linux keeps niceness by thread.
    public static int SetNiceness(int niceness) => Errno(SetPriority(PrioProcess, 0, niceness));

    public static int LockProcessMemory() => Errno(MLockAll(MclCurrent | MclFuture | MclOnFault));

    private static int Errno(int result) => result == 0 ? 0 : Marshal.GetLastPInvokeError();

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int Prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", EntryPoint = "sched_setscheduler", SetLastError = true)]
    private static partial int SchedSetScheduler(int thread, int policy, int* priority);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static partial int SchedSetAffinity(int thread, nuint size, ulong* mask);

    [LibraryImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    private static partial int SetPriority(int which, int who, int priority);

    [LibraryImport("libc", EntryPoint = "mlockall", SetLastError = true)]
    private static partial int MLockAll(int flags);
}
