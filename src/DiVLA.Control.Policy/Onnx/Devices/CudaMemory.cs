using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace DiVLA.Control.Policy.Onnx.Devices;

/// <summary>A GPU's memory, by the driver. One object a GPU and process, since a recording of one session concerns all.</summary>
/// <remarks>
/// Copies run on the default stream and are waited for. ONNX Runtime waits for its own stream at the end of every run, so a copy never overtakes a
/// kernel that it depends on, nor the other way round.
/// </remarks>
internal sealed class CudaMemory : DeviceMemory
{
    private static readonly Lock Opening = new();
    private static readonly Dictionary<int, CudaMemory> Opened = [];
    private readonly nint _context;

    private CudaMemory(int device)
    {
        CudaDriver.Check(CudaDriver.GetDevice(out var handle, device), "cuDeviceGet");
        // The context that ONNX Runtime uses as well; it lives as long as the process.
        CudaDriver.Check(CudaDriver.RetainPrimaryContext(out _context, handle), "cuDevicePrimaryCtxRetain");
        Info = new OrtMemoryInfo(OrtMemoryInfo.allocatorCUDA, OrtAllocatorType.DeviceAllocator, device, OrtMemType.Default);
    }

    /// <inheritdoc/>
    public override OrtMemoryInfo Info { get; }

    /// <summary>The memory of a GPU that <see cref="CudaDriver.Faults"/> found nothing wrong with.</summary>
    /// <exception cref="DeviceException">The driver refused.</exception>
    public static CudaMemory Of(int device)
    {
        lock (Opening)
            return Opened.TryGetValue(device, out var known) ? known : Opened[device] = new CudaMemory(device);
    }

    /// <inheritdoc/>
    public override nint Allocate(long bytes)
    {
        using var turn = Begin();
        CudaDriver.Check(CudaDriver.Allocate(out var address, (nuint)bytes), "cuMemAlloc");
        CudaDriver.Check(CudaDriver.Fill(address, 0, (nuint)bytes), "cuMemsetD8");
        CudaDriver.Check(CudaDriver.Synchronize(0), "cuStreamSynchronize");
        return address;
    }

    /// <inheritdoc/>
    public override void Free(nint address)
    {
        using var turn = Begin();
        CudaDriver.Check(CudaDriver.Free(address), "cuMemFree");
    }

    /// <inheritdoc/>
    public override unsafe nint AllocateOnHost(long bytes)
    {
        using var turn = Begin();
        CudaDriver.Check(CudaDriver.AllocateOnHost(out var address, (nuint)bytes), "cuMemAllocHost");
        NativeMemory.Clear((void*)address, (nuint)bytes);
        return address;
    }

    /// <inheritdoc/>
    public override void FreeOnHost(nint address)
    {
        using var turn = Begin();
        CudaDriver.Check(CudaDriver.FreeOnHost(address), "cuMemFreeHost");
    }

    /// <inheritdoc/>
    public override void Upload(nint host, nint device, long bytes)
    {
        using var turn = Begin();
        CudaDriver.Check(CudaDriver.CopyToDevice(device, host, (nuint)bytes), "cuMemcpyHtoD");
    }

    /// <inheritdoc/>
    public override void Download(nint device, nint host, long bytes)
    {
        using var turn = Begin();
        CudaDriver.Check(CudaDriver.CopyToHost(host, device, (nuint)bytes), "cuMemcpyDtoH");
    }

    /// <inheritdoc/>
    public override void Copy(nint from, nint to, long bytes)
    {
        using var turn = Begin();
        CudaDriver.Check(CudaDriver.CopyOnDevice(to, from, (nuint)bytes), "cuMemcpyDtoD");
        CudaDriver.Check(CudaDriver.Synchronize(0), "cuStreamSynchronize");
    }

    // A thread that has not run a graph yet has no context.
    private RecordingGate.Turn Begin()
    {
        CudaDriver.Check(CudaDriver.SetCurrentContext(_context), "cuCtxSetCurrent");
        return Gate.Enter(DeviceUse.Run);
    }
}
