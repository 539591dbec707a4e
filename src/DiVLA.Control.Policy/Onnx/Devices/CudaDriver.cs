using System.Runtime.InteropServices;
using System.Text;

namespace DiVLA.Control.Policy.Onnx.Devices;

/// <summary>The few calls of NVIDIA's driver that tensors need. The driver's interface is the same under every version of CUDA.</summary>
internal static partial class CudaDriver
{
    private const string Library = "cuda";
    private const int NameBytes = 256;

    static CudaDriver() => NativeLibrary.SetDllImportResolver(typeof(CudaDriver).Assembly, (name, _, _) => name == Library ? NativeLibrary.Load(FileName) : 0);

    private static string FileName => OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1";

    /// <summary>All that keeps a GPU from being used; none where it can be.</summary>
    public static IEnumerable<string> Faults(int device)
    {
        if (!NativeLibrary.TryLoad(FileName, out var _))
            return [$"{FileName}: not found. It comes with NVIDIA's driver: there is no driver here, or (in a container) it was not passed in."];
        if (Initialize(0) is var state and not 0) return [$"NVIDIA's driver has no GPU to offer: {ErrorText(state)}."];
        Check(DeviceCount(out var count), "cuDeviceGetCount");
        return device < count ? [] : [$"GPU {device} was asked for, and there are {count}, numbered from 0."];
    }

    /// <summary>Name of a GPU, as in `NVIDIA H100 80GB HBM3`.</summary>
    /// <exception cref="DeviceException">There is no such GPU.</exception>
    public static unsafe string NameOf(int device)
    {
        Check(Initialize(0), "cuInit");
        Check(GetDevice(out var handle, device), "cuDeviceGet");
        Span<byte> name = stackalloc byte[NameBytes];
        fixed (byte* start = name) Check(GetName(start, NameBytes, handle), "cuDeviceGetName");
        return Encoding.ASCII.GetString(name[..name.IndexOf((byte)0)]);
    }

    /// <summary>Turns a status into an exception.</summary>
    /// <exception cref="DeviceException">The status is an error.</exception>
    public static void Check(int status, string call)
    {
        if (status != 0) throw new DeviceException($"{call}: {ErrorText(status)}.");
    }

    private static string ErrorText(int status) =>
        GetErrorString(status, out var text) == 0 ? Marshal.PtrToStringUTF8(text) ?? $"CUDA error {status}" : $"CUDA error {status}";

    [LibraryImport(Library, EntryPoint = "cuInit")]
    private static partial int Initialize(uint flags);

    [LibraryImport(Library, EntryPoint = "cuDeviceGetCount")]
    private static partial int DeviceCount(out int count);

    [LibraryImport(Library, EntryPoint = "cuDeviceGetName")]
    private static unsafe partial int GetName(byte* name, int length, int device);

    [LibraryImport(Library, EntryPoint = "cuGetErrorString")]
    private static partial int GetErrorString(int error, out nint text);

    [LibraryImport(Library, EntryPoint = "cuDeviceGet")]
    public static partial int GetDevice(out int device, int ordinal);

    [LibraryImport(Library, EntryPoint = "cuDevicePrimaryCtxRetain")]
    public static partial int RetainPrimaryContext(out nint context, int device);

    [LibraryImport(Library, EntryPoint = "cuCtxSetCurrent")]
    public static partial int SetCurrentContext(nint context);

    [LibraryImport(Library, EntryPoint = "cuMemAlloc_v2")]
    public static partial int Allocate(out nint address, nuint bytes);

    [LibraryImport(Library, EntryPoint = "cuMemFree_v2")]
    public static partial int Free(nint address);

    [LibraryImport(Library, EntryPoint = "cuMemAllocHost_v2")]
    public static partial int AllocateOnHost(out nint address, nuint bytes);

    [LibraryImport(Library, EntryPoint = "cuMemFreeHost")]
    public static partial int FreeOnHost(nint address);

    [LibraryImport(Library, EntryPoint = "cuMemsetD8_v2")]
    public static partial int Fill(nint address, byte value, nuint bytes);

    [LibraryImport(Library, EntryPoint = "cuMemcpyHtoD_v2")]
    public static partial int CopyToDevice(nint device, nint host, nuint bytes);

    [LibraryImport(Library, EntryPoint = "cuMemcpyDtoH_v2")]
    public static partial int CopyToHost(nint host, nint device, nuint bytes);

    [LibraryImport(Library, EntryPoint = "cuMemcpyDtoD_v2")]
    public static partial int CopyOnDevice(nint to, nint from, nuint bytes);

    [LibraryImport(Library, EntryPoint = "cuStreamSynchronize")]
    public static partial int Synchronize(nint stream);
}
