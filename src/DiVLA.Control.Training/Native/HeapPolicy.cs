using System.Runtime.InteropServices;

namespace DiVLA.Control.Training.Native;

/// <summary>Lets the C library keep the memory that libtorch gives back.</summary>
/// <remarks>
/// Every step allocates and frees the same large activations. By default glibc maps each of them anew and returns it to the kernel, and the kernel
/// clears every page again: a fifth of a step. Kept in the heap, the pages are used again as they are.
/// </remarks>
internal static class HeapPolicy
{
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int MmapMax = -4;
    private const int KeptBytes = int.MaxValue;
    private const int GrowthBytes = 64 << 20;

    private delegate int Mallopt(int parameter, int value);

    /// <summary>Call before the first large allocation.</summary>
    /// <returns>True where the C library took all three settings; musl and others have none.</returns>
    public static bool KeepFreedMemory()
    {
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad("libc.so.6", out var libc)) return false;
        if (!NativeLibrary.TryGetExport(libc, "mallopt", out var address)) return false;
        var mallopt = Marshal.GetDelegateForFunctionPointer<Mallopt>(address);
        return mallopt(MmapMax, 0) == 1 && mallopt(TrimThreshold, KeptBytes) == 1 && mallopt(TopPad, GrowthBytes) == 1;
    }
}
