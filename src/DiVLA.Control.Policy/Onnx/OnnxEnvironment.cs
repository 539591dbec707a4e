using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace DiVLA.Control.Policy.Onnx;

/// <summary>Loads the native library, once a process, and says whether it has the provider that was asked for.</summary>
internal static class OnnxEnvironment
{
    private static readonly Lock Gate = new();
    private static string? _directory;
    private static bool _isLoaded;

    /// <summary>Makes ONNX Runtime ready for sessions.</summary>
    /// <exception cref="OnnxUnavailableException">The library is missing, cannot be loaded, or lacks the provider.</exception>
    public static void Require(OnnxOptions options)
    {
        lock (Gate)
            Load(options.NativeLibraryDirectory);
        var available = OrtEnv.Instance().GetAvailableProviders();
        var wanted = ProviderName(options.Provider);
        if (!available.Contains(wanted))
            throw new OnnxUnavailableException(
                $"{wanted} was asked for, but this ONNX Runtime has only {string.Join(", ", available)}. "
                + "Use a native library that has it (build with -p:OnnxRuntime=Gpu, or name its folder), or ask for another provider.");
    }

    private static string ProviderName(ExecutionProvider provider) => provider switch
    {
        ExecutionProvider.Cpu => "CPUExecutionProvider",
        ExecutionProvider.Cuda => "CUDAExecutionProvider",
        _ => throw new ArgumentOutOfRangeException(nameof(provider), provider, null),
    };

    private static void Load(string? directory)
    {
        if (_isLoaded && directory == _directory) return;
        if (_isLoaded || (directory is not null && OrtEnv.IsCreated))
            throw new OnnxUnavailableException(
                $"ONNX Runtime is already loaded from {Describe(_directory)}; a process cannot also load it from {Describe(directory)}.");
        if (directory is not null) LoadFrom(directory);
        CreateEnvironment(directory);
        (_directory, _isLoaded) = (directory, true);
    }

    private static void LoadFrom(string directory)
    {
        var path = Path.Combine(directory, LibraryFileName);
        if (!File.Exists(path)) throw new OnnxUnavailableException($"There is no {LibraryFileName} in '{directory}'.");
        OrtEnv.DisableDllImportResolver = true;
        NativeLibrary.SetDllImportResolver(typeof(OrtEnv).Assembly, Resolve);

        nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) =>
            name.StartsWith("onnxruntime", StringComparison.Ordinal) ? NativeLibrary.Load(path) : 0;
    }

    private static void CreateEnvironment(string? directory)
    {
        // Warnings of the native library go to stderr, past every logger; what matters comes back as an exception.
        var creation = new EnvironmentCreationOptions { logId = "divla", logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        try
        {
            if (!OrtEnv.IsCreated) OrtEnv.CreateInstanceWithOptions(ref creation);
        }
        catch (Exception error) when (error is TypeInitializationException or TypeLoadException or BadImageFormatException)
        {
            var cause = error.InnerException ?? error;
            throw new OnnxUnavailableException($"ONNX Runtime cannot be loaded from {Describe(directory)}: {cause.Message}", error);
        }
    }

    private static string LibraryFileName =>
        OperatingSystem.IsWindows() ? "onnxruntime.dll"
        : OperatingSystem.IsMacOS() ? "libonnxruntime.dylib"
        : "libonnxruntime.so";

    private static string Describe(string? directory) => directory is null ? "the restored package" : $"'{directory}'";
}
