using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace DiVLA.Control.Training.Native;

/// <summary>Lets libtorch's matrix library use the vector units of processors that are not Intel's.</summary>
/// <remarks>
/// The MKL inside libtorch asks `mkl_serv_intel_cpu_true` before it chooses kernels, and falls back to 128-bit ones on any other make, several
/// times slower on one with AVX2 or AVX-512. Here that function is made to say yes, in this process only, where AVX2 is there. MKL still asks the processor which instructions it has.
/// </remarks>
internal static partial class VectorUnits
{
    private const int PageSize = 4096;
    private const int ReadWriteExecute = 7;
    private const int ReadExecute = 5;

    // mov eax, 1; ret
    private static ReadOnlySpan<byte> ReturnOne => [0xB8, 1, 0, 0, 0, 0xC3];

    /// <summary>Call after libtorch is loaded and before its first product.</summary>
    /// <returns>True where the faster kernels were unlocked.</returns>
    public static unsafe bool Unlock(string libtorchPath)
    {
        if (!OperatingSystem.IsLinux() || !Avx2.IsSupported || !Fma.IsSupported) return false;
        if (!NativeLibrary.TryGetExport(NativeLibrary.Load(libtorchPath), "mkl_serv_intel_cpu_true", out var function)) return false;
        var firstPage = function & ~(nint)(PageSize - 1);
        if (Protect(firstPage, 2 * PageSize, ReadWriteExecute) != 0) return false;
        ReturnOne.CopyTo(new Span<byte>((void*)function, ReturnOne.Length));
        return Protect(firstPage, 2 * PageSize, ReadExecute) == 0;
    }

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(nint address, nint length, int protection);
}
