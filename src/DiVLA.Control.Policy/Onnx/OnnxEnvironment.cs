using System.Reflection;
using System.Runtime.InteropServices;
using DiVLA.Control.Policy.Onnx.Loading;
using Microsoft.ML.OnnxRuntime;

namespace DiVLA.Control.Policy.Onnx;

/// <summary>Loads the native library, once a process, and says whether it has the provider that was asked for.</summary>
internal static class OnnxEnvironment
{
    private static readonly Lock Gate = new();
    private static string? _directory;
    private static bool _isLoaded;

    /// <summary>Makes ONNX Runtime ready for sessions.</summary>
    /// <exception cref="OnnxUnavailableException">The library is missing, cannot be loaded, is another version, or lacks the provider.</exception>
    public static void Require(OnnxOptions options)
    {
        lock (Gate)
            Load(options.NativeLibraryDirectory);
        ProviderCheck.Require(options, $"ONNX Runtime {OrtEnv.Instance().GetVersionString()} ({NativeRuntime.LoadedPath() ?? Describe(_directory)})");
    }

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
        var (_, handle) = NativeRuntime.Load(directory);
        OrtEnv.DisableDllImportResolver = true;
        NativeLibrary.SetDllImportResolver(typeof(OrtEnv).Assembly, Resolve);

        nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) =>
            name.StartsWith("onnxruntime", StringComparison.Ordinal) ? handle : 0;
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
        NativeRuntime.RequireVersion(OrtEnv.Instance().GetVersionString(), Describe(directory));
    }

    private static string Describe(string? directory) => directory is null ? "the restored package" : $"'{directory}'";
}
