using System.Runtime.InteropServices;
using DiVLA.Control.Training.Native;

namespace DiVLA.Control.Training.Tests.Native;

internal sealed class HeapPolicyTests
{
    [Test]
    public void Settings_WhereTheCLibraryIsGlibc_AreAllTaken()
    {
        Assume.That(NativeLibrary.TryLoad("libc.so.6", out var libc) && NativeLibrary.TryGetExport(libc, "gnu_get_libc_version", out _), "no glibc");

        Assert.That(HeapPolicy.KeepFreedMemory());
    }
}
