using Microsoft.ML.OnnxRuntime;

namespace DiVLA.Control.Policy.Onnx;

/// <summary>A graph bound to one user's tensors. Running it reads and writes them in place and allocates nothing managed.</summary>
internal sealed class GraphRunner : IDisposable
{
    private readonly InferenceSession _session;
    private readonly OrtIoBinding _binding;
    private readonly RunOptions _options = new();

    /// <summary>Binds every input and output of a graph by name.</summary>
    public GraphRunner(
        OnnxGraph graph, IEnumerable<(string Name, GraphTensor Tensor)> inputs, IEnumerable<(string Name, GraphTensor Tensor)> outputs)
    {
        _session = graph.Session;
        _binding = _session.CreateIoBinding();
        foreach (var (name, tensor) in inputs) _binding.BindInput(name, tensor.Value);
        foreach (var (name, tensor) in outputs) _binding.BindOutput(name, tensor.Value);
    }

    /// <summary>Runs the graph on the calling thread.</summary>
    /// <exception cref="OnnxRuntimeException">A kernel failed.</exception>
    public void Run() => _session.RunWithBinding(_options, _binding);

    /// <inheritdoc/>
    public void Dispose()
    {
        _binding.Dispose();
        _options.Dispose();
    }
}
