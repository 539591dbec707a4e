using System.ComponentModel;
using System.Runtime.InteropServices;

namespace DiVLA.Control.RealTime;

/// <summary>A Linux eventfd. Setting it is one system call that takes no lock a consumer could hold, unlike the runtime's events.</summary>
internal sealed unsafe partial class EventFdSignal : IWakeSignal
{
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const short PollIn = 1;
    private readonly int _descriptor;
    private bool _isDisposed;

    public EventFdSignal()
    {
        _descriptor = EventFd(0, NonBlocking | CloseOnExec);
        if (_descriptor < 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    public void Set()
    {
        var one = 1L;
        _ = Write(_descriptor, &one, sizeof(long));
    }

    public void Wait(int timeoutMs)
    {
        var request = new PollRequest { Descriptor = _descriptor, Events = PollIn };
        _ = Poll(&request, 1, timeoutMs);
        long count;
        _ = Read(_descriptor, &count, sizeof(long));
    }

    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _ = Close(_descriptor);
    }

    private struct PollRequest
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint Write(int descriptor, void* data, nuint length);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(int descriptor, void* data, nuint length);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(PollRequest* requests, nuint count, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
