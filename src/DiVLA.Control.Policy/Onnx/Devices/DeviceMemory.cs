using Microsoft.ML.OnnxRuntime;

namespace DiVLA.Control.Policy.Onnx.Devices;

/// <summary>The memory of the device that graphs run on, where that is not the host. Any thread.</summary>
internal abstract class DeviceMemory
{
    /// <summary>Says to ONNX Runtime what addresses of this memory are.</summary>
    public abstract OrtMemoryInfo Info { get; }

    /// <summary>Keeps everything else away from the device while a graph's kernels are recorded.</summary>
    public RecordingGate Gate { get; } = new();

    /// <summary>Memory of the device, zeroed.</summary>
    /// <exception cref="DeviceException">There is not enough.</exception>
    public abstract nint Allocate(long bytes);

    public abstract void Free(nint address);

    /// <summary>Memory of the host that the device reads and writes without detours, zeroed.</summary>
    /// <exception cref="DeviceException">There is not enough.</exception>
    public abstract nint AllocateOnHost(long bytes);

    public abstract void FreeOnHost(nint address);

    /// <summary>From the host to the device. Returns when it is there.</summary>
    /// <exception cref="DeviceException">The device refused.</exception>
    public abstract void Upload(nint host, nint device, long bytes);

    /// <summary>From the device to the host. Returns when it is here.</summary>
    /// <exception cref="DeviceException">The device refused.</exception>
    public abstract void Download(nint device, nint host, long bytes);

    /// <summary>Within the device. Returns when it is done.</summary>
    /// <exception cref="DeviceException">The device refused.</exception>
    public abstract void Copy(nint from, nint to, long bytes);
}
