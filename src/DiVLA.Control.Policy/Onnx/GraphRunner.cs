using System.Globalization;
using DiVLA.Control.Policy.Onnx.Devices;
using Microsoft.ML.OnnxRuntime;

namespace DiVLA.Control.Policy.Onnx;

/// <summary>A graph bound to one user's tensors. Running it reads and writes them in place and allocates nothing managed.</summary>
/// <remarks>Used by one thread at a time. Where kernels are recorded, the first run on a thread executes the graph several times: it must leave its own inputs alone.</remarks>
internal sealed class GraphRunner : IDisposable
{
    private const string RecordingId = "gpu_graph_id";

    private static int _lastRecordingId;

    private readonly InferenceSession _session;
    private readonly OrtIoBinding _binding;
    private readonly RunOptions _options = new();
    private readonly DeviceMemory? _device;
    private readonly bool _recordsKernels;
    private int _recordedOnThread;

    /// <summary>Binds every input and output of a graph by name.</summary>
    public GraphRunner(
        OnnxGraph graph, IEnumerable<(string Name, GraphTensor Tensor)> inputs, IEnumerable<(string Name, GraphTensor Tensor)> outputs)
    {
        (_session, _device, _recordsKernels) = (graph.Session, graph.Device, graph.RecordsKernels);
        _binding = _session.CreateIoBinding();
        foreach (var (name, tensor) in inputs) _binding.BindInput(name, ValueOf(tensor));
        foreach (var (name, tensor) in outputs) _binding.BindOutput(name, ValueOf(tensor));
        // A recording knows the addresses that it was made with, so every binding has one of its own.
        if (_recordsKernels) _options.AddRunConfigEntry(RecordingId, Interlocked.Increment(ref _lastRecordingId).ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Runs the graph on the calling thread.</summary>
    /// <exception cref="OnnxRuntimeException">A kernel failed.</exception>
    public void Run()
    {
        if (_device is null) _session.RunWithBinding(_options, _binding);
        else RunOn(_device);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _binding.Dispose();
        _options.Dispose();
    }

    private void RunOn(DeviceMemory device)
    {
        // Recordings belong to the thread that made them.
        var thread = Environment.CurrentManagedThreadId;
        using var turn = device.Gate.Enter(_recordsKernels && thread != _recordedOnThread ? DeviceUse.Record : DeviceUse.Run);
        _session.RunWithBinding(_options, _binding);
        _recordedOnThread = thread;
    }

    private OrtValue ValueOf(GraphTensor tensor)
    {
        if (_device is null) return tensor.HostValue;
        return tensor.IsOnDevice ? tensor.Value : throw new InvalidOperationException("A graph on a device cannot bind a tensor on the host.");
    }
}
