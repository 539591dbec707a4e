using System.Runtime.InteropServices;

namespace DiVLA.Control.Training.Native;

/// <summary>Lets TorchSharp's native library run on systems whose libstdc++ is a little older than it asks for.</summary>
/// <remarks>
/// libLibTorchSharp.so asks for version GLIBCXX_3.4.32 only for `_ZSt21ios_base_library_initv`, a hook without effect that newer compilers
/// reference. Debian 12 and Ubuntu 22.04 end at 3.4.30. On such systems a copy of the library is patched and loaded before TorchSharp's first use:
/// the import is renamed to `getpid` (harmless, always there), its symbol version set to 'global', and the version need marked weak.
/// </remarks>
internal static class LibTorchLoader
{
    private const string Library = "libLibTorchSharp.so";
    private const string NewestVersion = "GLIBCXX_3.4.32";
    private const string Hook = "_ZSt21ios_base_library_initv";

    /// <summary>Loads the native libraries. Call once, before anything of TorchSharp.</summary>
    public static void Load()
    {
        if (!OperatingSystem.IsLinux()) return;
        HeapPolicy.KeepFreedMemory();
        var folder = NativeFolder();
        if (!SystemLibraryIsNewEnough()) LoadPatched(folder);
        VectorUnits.Unlock(Path.Combine(folder, "libtorch_cpu.so"));
    }

    private static void LoadPatched(string folder)
    {
        var patched = Path.Combine(Path.GetTempPath(), $"divla-torch-{Environment.UserName}-{File.GetLastWriteTimeUtc(Path.Combine(folder, Library)).Ticks}", Library);
        if (!File.Exists(patched)) WritePatchedCopy(Path.Combine(folder, Library), patched);
        foreach (var dependency in new[] { "libc10.so", "libtorch_cpu.so", "libtorch.so" })
            NativeLibrary.Load(Path.Combine(folder, dependency));
        var handle = NativeLibrary.Load(patched);
        NativeLibrary.SetDllImportResolver(typeof(TorchSharp.torch).Assembly, (name, _, _) => name == "LibTorchSharp" ? handle : IntPtr.Zero);
    }

    private static bool SystemLibraryIsNewEnough()
    {
        foreach (var path in new[] { "/usr/lib/x86_64-linux-gnu/libstdc++.so.6", "/usr/lib64/libstdc++.so.6", "/usr/lib/libstdc++.so.6" })
            if (File.Exists(path)) return File.ReadAllBytes(path).AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(NewestVersion)) >= 0;
        return true;
    }

    private static string NativeFolder()
    {
        var baseFolder = AppContext.BaseDirectory;
        var candidates = new[] { baseFolder, Path.Combine(baseFolder, "runtimes", "linux-x64", "native") };
        return Array.Find(candidates, folder => File.Exists(Path.Combine(folder, Library)))
            ?? throw new FileNotFoundException($"{Library} lies in none of: {string.Join(", ", candidates)}.");
    }

    private static void WritePatchedCopy(string source, string target)
    {
        var image = File.ReadAllBytes(source);
        new ElfImage(image).DropVersionedImport(Hook, NewestVersion, "getpid");
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        var temporary = $"{target}.{Environment.ProcessId}";
        File.WriteAllBytes(temporary, image);
        File.Move(temporary, target, overwrite: true);
    }
}
