using DiVLA.Control.Policy.Onnx.Devices;
using DiVLA.Control.Policy.Onnx.Loading;
using Microsoft.ML.OnnxRuntime;

namespace DiVLA.Control.Policy.Onnx;

/// <summary>One loaded graph. Shared by sessions: each has its own <see cref="GraphRunner"/>, and running is safe from several threads.</summary>
internal sealed class OnnxGraph : IDisposable
{
    /// <summary>Loads a graph with its weights.</summary>
    /// <exception cref="OnnxRuntimeException">The file is no graph, or its weights are missing or of the wrong size.</exception>
    public OnnxGraph(string path, IReadOnlyDictionary<string, string> entries, OnnxOptions options)
    {
        using var sessionOptions = CreateSessionOptions(entries, options);
        RecordsKernels = ProviderSettings.RecordsKernels(options);
        Device = options.OpenDevice();
        // A session may take memory of the device, which would spoil another one's recording.
        using var turn = Device?.Gate.Enter(DeviceUse.Load);
        Session = new InferenceSession(path, sessionOptions);
    }

    public InferenceSession Session { get; }

    /// <summary>Where the graph runs; null for the host.</summary>
    public DeviceMemory? Device { get; }

    /// <summary>True where the first run of each binding records the graph's kernels.</summary>
    public bool RecordsKernels { get; }

    /// <summary>Lets ONNX Runtime resolve a graph's operators, types and shapes on the CPU. Its weights are mapped, not read.</summary>
    /// <exception cref="OnnxRuntimeException">Something does not fit together, or the CPU lacks a kernel.</exception>
    public static void Resolve(string path)
    {
        using var options = new SessionOptions { GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL };
        options.AddSessionConfigEntry("session.disable_prepacking", "1");
        new InferenceSession(path, options).Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => Session.Dispose();

    private static SessionOptions CreateSessionOptions(IReadOnlyDictionary<string, string> entries, OnnxOptions options)
    {
        var session = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            IntraOpNumThreads = options.IntraOpThreads,
            InterOpNumThreads = 1,
        };
        // A pool that spins takes the cores that the loop needs.
        session.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        session.AddSessionConfigEntry("session.inter_op.allow_spinning", "0");
        ProviderSettings.AddTo(session, options);
        foreach (var (key, value) in entries) session.AddSessionConfigEntry(key, value);
        return session;
    }
}
