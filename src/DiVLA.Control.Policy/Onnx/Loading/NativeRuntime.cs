using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace DiVLA.Control.Policy.Onnx.Loading;

/// <summary>The native ONNX Runtime library as a file: found in a folder, and asked for its version before anything else of it is used.</summary>
internal static class NativeRuntime
{
    private const string Entry = "OrtGetApiBase";

    /// <summary>Version of the managed package, as in `1.31.1`. The native library must have the same two first numbers.</summary>
    public static string ManagedVersion { get; } =
        typeof(OrtEnv).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Names that the library may have in a folder, in the order in which they are tried.</summary>
    public static IReadOnlyList<string> FileNames { get; } =
        OperatingSystem.IsWindows() ? ["onnxruntime.dll"]
        : OperatingSystem.IsMacOS() ? ["libonnxruntime.dylib", $"libonnxruntime.{ManagedVersion}.dylib"]
        : ["libonnxruntime.so", $"libonnxruntime.so.{ManagedVersion}"];

    /// <summary>Loads the library of a folder and checks its version.</summary>
    /// <returns>Where it lies, and its handle.</returns>
    /// <exception cref="OnnxUnavailableException">There is none, it cannot be loaded, it is another library, or another version.</exception>
    public static (string Path, nint Handle) Load(string directory)
    {
        var path = FileNames.Select(name => Path.Combine(directory, name)).FirstOrDefault(File.Exists)
            ?? throw new OnnxUnavailableException($"There is no {string.Join(" or ", FileNames)} in '{directory}'.");
        var handle = LoadFile(path);
        RequireVersion(VersionOf(handle, path), path);
        return (path, handle);
    }

    /// <summary>Refuses a native library that the managed one was not made for.</summary>
    /// <exception cref="OnnxUnavailableException">The first two numbers differ.</exception>
    public static void RequireVersion(string version, string path)
    {
        if (MajorMinor(version) == MajorMinor(ManagedVersion)) return;
        throw new OnnxUnavailableException(
            $"'{path}' is ONNX Runtime {version}; {MajorMinor(ManagedVersion)} is needed, the version that this build was made for ({ManagedVersion}).");
    }

    /// <summary>Where the library that this process has loaded lies; null where the operating system does not say.</summary>
    public static string? LoadedPath()
    {
        using var process = Process.GetCurrentProcess();
        return process.Modules.Cast<ProcessModule>().Select(module => module.FileName).FirstOrDefault(IsRuntime);
    }

    /// <summary>What a loaded library says of itself.</summary>
    /// <exception cref="OnnxUnavailableException">It is no ONNX Runtime.</exception>
    internal static unsafe string VersionOf(nint handle, string path)
    {
        if (!NativeLibrary.TryGetExport(handle, Entry, out var entry))
            throw new OnnxUnavailableException($"'{path}' is not ONNX Runtime: it has no {Entry}.");
        // struct OrtApiBase { GetApi; GetVersionString; }, the same in every release.
        var functions = ((delegate* unmanaged[Cdecl]<nint*>)entry)();
        var version = ((delegate* unmanaged[Cdecl]<nint>)functions[1])();
        return Marshal.PtrToStringUTF8(version) ?? "of no version";
    }

    private static nint LoadFile(string path)
    {
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
        {
            throw new OnnxUnavailableException($"'{path}' cannot be loaded: {error.Message}", error);
        }
    }

    private static bool IsRuntime(string path)
    {
        var name = Path.GetFileName(path);
        return Array.Exists(["onnxruntime.dll", "libonnxruntime.so", "libonnxruntime.dylib", "libonnxruntime."], name.StartsWith);
    }

    private static string MajorMinor(string version) => string.Join('.', version.Split('.').Take(2));
}
