using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace DiVLA.Control.Policy.Onnx.Loading;

/// <summary>The settings that each provider gets.</summary>
internal static class ProviderSettings
{
    private const long MiB = 1 << 20;

    /// <summary>Adds the provider to a session's options; the host's own needs no adding.</summary>
    /// <exception cref="OnnxRuntimeException">The provider cannot be loaded.</exception>
    public static void AddTo(SessionOptions session, OnnxOptions options)
    {
        if (options.Provider == ExecutionProvider.Cpu) return;
        if (options.Provider == ExecutionProvider.TensorRt) AddTensorRt(session, options);
        AddCuda(session, options);
        // Without this a node that the GPU cannot run moves to the CPU without a word.
        session.AddSessionConfigEntry("session.disable_cpu_ep_fallback", "1");
        // Weights are allocated as large as they are, not in the arena's powers of two.
        session.AddSessionConfigEntry("session.use_device_allocator_for_initializers", "1");
    }

    /// <summary>True where a graph's kernels are recorded at its first run. TensorRT's engines are not: they cannot be part of a recording.</summary>
    public static bool RecordsKernels(OnnxOptions options) => options is { Provider: ExecutionProvider.Cuda, CudaGraphs: true };

    internal static Dictionary<string, string> Cuda(OnnxOptions options)
    {
        var settings = new Dictionary<string, string>
        {
            ["device_id"] = Text(options.CudaDevice),
            ["enable_cuda_graph"] = RecordsKernels(options) ? "1" : "0",
            ["arena_extend_strategy"] = "kSameAsRequested",
            // cuDNN has better kernels for a picture of height 1 than for a signal.
            ["cudnn_conv1d_pad_to_nc1d"] = "1",
            // An fp32 graph means fp32, on a GPU as on a CPU.
            ["use_tf32"] = "0",
        };
        if (options.DeviceMemoryLimitMib > 0) settings["gpu_mem_limit"] = Text(options.DeviceMemoryLimitMib * MiB);
        return settings;
    }

    internal static Dictionary<string, string> TensorRt(OnnxOptions options)
    {
        var settings = new Dictionary<string, string>
        {
            ["device_id"] = Text(options.CudaDevice),
            // Allows what the graph asks for; an fp32 graph has no fp16 tensor.
            ["trt_fp16_enable"] = "1",
            ["trt_bf16_enable"] = "1",
        };
        if (options.DeviceMemoryLimitMib > 0) settings["trt_max_workspace_size"] = Text(options.DeviceMemoryLimitMib * MiB);
        if (options.EngineCacheDirectory is not { } cache) return settings;
        (settings["trt_engine_cache_enable"], settings["trt_engine_cache_path"]) = ("1", cache);
        (settings["trt_timing_cache_enable"], settings["trt_timing_cache_path"]) = ("1", cache);
        return settings;
    }

    private static void AddCuda(SessionOptions session, OnnxOptions options)
    {
        using var cuda = new OrtCUDAProviderOptions();
        cuda.UpdateOptions(Cuda(options));
        session.AppendExecutionProvider_CUDA(cuda);
    }

    private static void AddTensorRt(SessionOptions session, OnnxOptions options)
    {
        using var tensorRt = new OrtTensorRTProviderOptions();
        tensorRt.UpdateOptions(TensorRt(options));
        session.AppendExecutionProvider_Tensorrt(tensorRt);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
