using DiVLA.Control.Policy.Onnx.Devices;

namespace DiVLA.Control.Policy.Onnx;

/// <summary>How ONNX Runtime is used.</summary>
public sealed record OnnxOptions
{
    /// <summary>Where the graphs run. A provider that is asked for and missing stops the start-up; there is no fall-back.</summary>
    /// <remarks>Embodiment always runs on the host: it is too small to be worth the way to a GPU, and its result is needed here.</remarks>
    public ExecutionProvider Provider { get; init; } = ExecutionProvider.Cpu;

    /// <summary>Which GPU. Range: 0 and up; 0 without one.</summary>
    public int CudaDevice { get; init; }

    /// <summary>Each graph's kernels are recorded once and launched together from then on, for <see cref="ExecutionProvider.Cuda"/>. Defaults to true.</summary>
    public bool CudaGraphs { get; init; } = true;

    /// <summary>Most GPU memory that a graph's session may take. Range: 0 and up, 0 for no limit. Unit: MiB.</summary>
    public int DeviceMemoryLimitMib { get; init; }

    /// <summary>Folder where <see cref="ExecutionProvider.TensorRt"/> keeps the engines that it has built; null builds them at every start.</summary>
    public string? EngineCacheDirectory { get; init; }

    /// <summary>Threads within one operator. Range: 1 to 64. Defaults to 1: small graphs run fastest on the thread that calls them.</summary>
    public int IntraOpThreads { get; init; } = 1;

    /// <summary>Operators keep their weights a second time, in the order that they like: faster, at twice the memory. Defaults to true.</summary>
    /// <remarks>Without, weights stay where they are mapped: a model larger than half of the memory runs on a CPU that way.</remarks>
    public bool PrepackWeights { get; init; } = true;

    /// <summary>Folder of the native ONNX Runtime library; null takes the one that was restored. Chosen once a process.</summary>
    public string? NativeLibraryDirectory { get; init; }

    /// <summary>All that is wrong with these options; empty where they can be used.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        if (!Enum.IsDefined(Provider))
            errors.Add($"Onnx.Provider: found {Provider}, expected one of {string.Join(", ", Enum.GetNames<ExecutionProvider>())}");
        if (IntraOpThreads is < 1 or > 64) errors.Add($"Onnx.IntraOpThreads: found {IntraOpThreads}, expected 1 to 64");
        if (NativeLibraryDirectory is { } directory && !Directory.Exists(directory))
            errors.Add($"Onnx.NativeLibraryDirectory: found '{directory}', expected a folder that exists");
        ValidateDevice(errors);
        return errors;
    }

    /// <summary>What graphs run on, as in `NVIDIA H100 80GB HBM3`; the CPU by how many cores this process may use.</summary>
    /// <exception cref="OnnxUnavailableException">The GPU does not answer.</exception>
    public string DescribeDevice()
    {
        if (Provider == ExecutionProvider.Cpu) return $"CPU, {Environment.ProcessorCount} cores";
        try
        {
            return CudaDriver.NameOf(CudaDevice);
        }
        catch (DeviceException error)
        {
            throw new OnnxUnavailableException($"GPU {CudaDevice} does not answer: {error.Message}", error);
        }
    }

    /// <summary>Loads the native library, where that has not happened yet, and sees whether graphs can run as these options ask.</summary>
    /// <exception cref="OnnxUnavailableException">The native library or the execution provider is missing; says what was looked for and where.</exception>
    public void Require() => OnnxEnvironment.Require(this);

    /// <summary>Stands for the GPU's memory in tests, where there is none.</summary>
    internal DeviceMemory? SubstituteDevice { get; init; }

    /// <summary>The same for a graph that stays on the host.</summary>
    internal OnnxOptions OnHost() =>
        this with { Provider = ExecutionProvider.Cpu, CudaDevice = 0, DeviceMemoryLimitMib = 0, EngineCacheDirectory = null, SubstituteDevice = null };

    /// <summary>The memory of the device that graphs run on; null for the host.</summary>
    internal DeviceMemory? OpenDevice() => SubstituteDevice ?? (Provider == ExecutionProvider.Cpu ? null : CudaMemory.Of(CudaDevice));

    // An option that the provider does not read is a misunderstanding, not a detail.
    private void ValidateDevice(List<string> errors)
    {
        if (CudaDevice < 0) errors.Add($"Onnx.CudaDevice: found {CudaDevice}, expected 0 or more");
        if (DeviceMemoryLimitMib < 0) errors.Add($"Onnx.DeviceMemoryLimitMib: found {DeviceMemoryLimitMib}, expected 0 or more");
        if (Provider == ExecutionProvider.Cpu && CudaDevice > 0) errors.Add($"Onnx.CudaDevice: found {CudaDevice} with Provider Cpu, expected 0: there is no GPU to choose");
        if (Provider == ExecutionProvider.Cpu && DeviceMemoryLimitMib > 0)
            errors.Add($"Onnx.DeviceMemoryLimitMib: found {DeviceMemoryLimitMib} with Provider Cpu, expected 0: no GPU memory is used");
        if (Provider != ExecutionProvider.TensorRt && EngineCacheDirectory is not null)
            errors.Add($"Onnx.EngineCacheDirectory: found '{EngineCacheDirectory}' with Provider {Provider}, expected none: only TensorRt builds engines");
        if (Provider == ExecutionProvider.TensorRt && EngineCacheDirectory is { } cache && !Directory.Exists(cache))
            errors.Add($"Onnx.EngineCacheDirectory: found '{cache}', expected a folder that exists");
    }
}

/// <summary>Where graphs run.</summary>
public enum ExecutionProvider
{
    Cpu,

    /// <summary>An NVIDIA GPU.</summary>
    Cuda,

    /// <summary>An NVIDIA GPU through TensorRT's engines; what TensorRT lacks runs on CUDA.</summary>
    TensorRt,
}
