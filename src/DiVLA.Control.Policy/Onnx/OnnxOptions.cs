namespace DiVLA.Control.Policy.Onnx;

/// <summary>How ONNX Runtime is used.</summary>
public sealed record OnnxOptions
{
    /// <summary>Where the graphs run. A provider that is asked for and missing stops the start-up; there is no fall-back.</summary>
    public ExecutionProvider Provider { get; init; } = ExecutionProvider.Cpu;

    /// <summary>Which GPU, for <see cref="ExecutionProvider.Cuda"/>. Range: 0 and up.</summary>
    public int CudaDevice { get; init; }

    /// <summary>Threads within one operator. Range: 1 to 64. Defaults to 1: small graphs run fastest on the thread that calls them.</summary>
    public int IntraOpThreads { get; init; } = 1;

    /// <summary>Folder of the native ONNX Runtime library; null takes the one that was restored. Chosen once a process.</summary>
    public string? NativeLibraryDirectory { get; init; }

    /// <summary>All that is wrong with these options; empty where they can be used.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        if (!Enum.IsDefined(Provider))
            errors.Add($"Onnx.Provider: found {Provider}, expected one of {string.Join(", ", Enum.GetNames<ExecutionProvider>())}");
        if (CudaDevice < 0) errors.Add($"Onnx.CudaDevice: found {CudaDevice}, expected 0 or more");
        if (IntraOpThreads is < 1 or > 64) errors.Add($"Onnx.IntraOpThreads: found {IntraOpThreads}, expected 1 to 64");
        if (NativeLibraryDirectory is { } directory && !Directory.Exists(directory))
            errors.Add($"Onnx.NativeLibraryDirectory: found '{directory}', expected a folder that exists");
        return errors;
    }
}

/// <summary>Where graphs run.</summary>
public enum ExecutionProvider
{
    Cpu,
    Cuda,
}
