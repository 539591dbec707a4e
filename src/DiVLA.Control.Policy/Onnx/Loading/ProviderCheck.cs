using DiVLA.Control.Policy.Onnx.Devices;
using Microsoft.ML.OnnxRuntime;

namespace DiVLA.Control.Policy.Onnx.Loading;

/// <summary>Says whether a loaded library has the provider that was asked for, and whether that provider has all it needs.</summary>
internal static class ProviderCheck
{
    private const string SharedPart = "onnxruntime_providers_shared";

    /// <summary>Refuses a provider that cannot be used, and says what was looked for and where.</summary>
    /// <exception cref="OnnxUnavailableException">It cannot.</exception>
    public static void Require(OnnxOptions options, string library)
    {
        var (wanted, available) = (NameOf(options.Provider), OrtEnv.Instance().GetAvailableProviders());
        if (!available.Contains(wanted))
            throw new OnnxUnavailableException(
                $"{wanted} was asked for, but {library} was built without it: it has only {string.Join(", ", available)}. "
                + "Use a native library that has it (build with -p:OnnxRuntime=Gpu, or name its folder with --onnxruntime-dir), or ask for another provider.");
        if (options.Provider == ExecutionProvider.Cpu) return;
        var faults = Faults(options).ToArray();
        if (faults.Length > 0)
            throw new OnnxUnavailableException($"{wanted} was asked for, and {library} was built with it, but it cannot be used:" + string.Concat(faults.Select(fault => $"{Environment.NewLine}  {fault}")));
    }

    private static IEnumerable<string> Faults(OnnxOptions options) => CudaDriver.Faults(options.CudaDevice).Concat(MissingParts(options.Provider)).Concat(LoadFaults(options));

    private static IEnumerable<string> MissingParts(ExecutionProvider provider)
    {
        if (Path.GetDirectoryName(NativeRuntime.LoadedPath()) is not { } folder) yield break;
        foreach (var name in Parts(provider).Select(FileName).Where(name => !File.Exists(Path.Combine(folder, name))))
            yield return $"{name}: looked for in '{folder}', where ONNX Runtime is, and not found.";
    }

    // What a provider's own library needs in turn, only the attempt tells.
    private static IEnumerable<string> LoadFaults(OnnxOptions options)
    {
        using var session = new SessionOptions();
        try
        {
            ProviderSettings.AddTo(session, options);
            return [];
        }
        catch (OnnxRuntimeException refusal)
        {
            return [refusal.Message.ReplaceLineEndings(" ").Trim(), $"The libraries that it needs were looked for in {SearchPath()}."];
        }
    }

    private static string SearchPath()
    {
        var variable = OperatingSystem.IsWindows() ? "PATH" : "LD_LIBRARY_PATH";
        return Environment.GetEnvironmentVariable(variable) is { Length: > 0 } folders
            ? $"{variable} ({folders}) and the system's folders"
            : $"the system's folders; {variable} is not set";
    }

    private static string[] Parts(ExecutionProvider provider) =>
        provider == ExecutionProvider.TensorRt ? [SharedPart, "onnxruntime_providers_cuda", "onnxruntime_providers_tensorrt"] : [SharedPart, "onnxruntime_providers_cuda"];

    private static string FileName(string part) => OperatingSystem.IsWindows() ? $"{part}.dll" : $"lib{part}.so";

    private static string NameOf(ExecutionProvider provider) => provider switch
    {
        ExecutionProvider.Cpu => "CPUExecutionProvider",
        ExecutionProvider.Cuda => "CUDAExecutionProvider",
        ExecutionProvider.TensorRt => "TensorrtExecutionProvider",
        _ => throw new ArgumentOutOfRangeException(nameof(provider), provider, null),
    };
}
