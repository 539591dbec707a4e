using System.Runtime.InteropServices;
using DiVLA.Control.Policy.Onnx.Devices;
using Microsoft.ML.OnnxRuntime;

namespace DiVLA.Control.Policy.Tests;

/// <summary>A device whose memory the CPU provider can read, apart from what the host sees: a copy that is forgotten leaves stale numbers behind.</summary>
internal sealed unsafe class MirroredMemory : DeviceMemory
{
    private const nuint Alignment = 256;

    private int _blocks;

    public override OrtMemoryInfo Info => OrtMemoryInfo.DefaultInstance;

    /// <summary>Pieces of memory that are not freed.</summary>
    public int Blocks => _blocks;

    public int Uploads { get; private set; }

    public int Downloads { get; private set; }

    public override nint Allocate(long bytes)
    {
        Interlocked.Increment(ref _blocks);
        var address = NativeMemory.AlignedAlloc((nuint)bytes, Alignment);
        NativeMemory.Clear(address, (nuint)bytes);
        return (nint)address;
    }

    public override void Free(nint address)
    {
        Interlocked.Decrement(ref _blocks);
        NativeMemory.AlignedFree((void*)address);
    }

    public override nint AllocateOnHost(long bytes) => Allocate(bytes);

    public override void FreeOnHost(nint address) => Free(address);

    public override void Upload(nint host, nint device, long bytes)
    {
        Uploads++;
        Copy(host, device, bytes);
    }

    public override void Download(nint device, nint host, long bytes)
    {
        Downloads++;
        Copy(device, host, bytes);
    }

    public override void Copy(nint from, nint to, long bytes) => NativeMemory.Copy((void*)from, (void*)to, (nuint)bytes);
}
