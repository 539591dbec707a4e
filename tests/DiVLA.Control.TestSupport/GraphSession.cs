using System.Runtime.InteropServices;
using DiVLA.Control.Policy.Bundle;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DiVLA.Control.TestSupport;

/// <summary>A graph of a bundle in a real session, with a buffer for each input and output.</summary>
public sealed class GraphSession : IDisposable
{
    private readonly InferenceSession _session;
    private readonly OrtIoBinding _binding;
    private readonly RunOptions _options = new();
    private readonly Dictionary<string, OrtValue> _values = new(StringComparer.Ordinal);

    /// <summary>Loads a graph by its path in a bundle's folder.</summary>
    public GraphSession(string bundle, GraphManifest graph)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        foreach (var (key, value) in graph.SessionOptions) options.AddSessionConfigEntry(key, value);
        _session = new InferenceSession(Path.Combine(bundle, graph.File), options);
        _binding = _session.CreateIoBinding();
        foreach (var input in graph.Inputs) _binding.BindInput(input.Name, Allocate(input));
        foreach (var output in graph.Outputs) _binding.BindOutput(output.Name, Allocate(output));
    }

    /// <summary>The buffer of an input or output.</summary>
    public Span<T> Buffer<T>(string name) where T : unmanaged => MemoryMarshal.Cast<byte, T>(_values[name].GetTensorMutableRawData());

    /// <summary>Fills an input.</summary>
    public void Set<T>(string name, ReadOnlySpan<T> values) where T : unmanaged => values.CopyTo(Buffer<T>(name));

    /// <summary>Binds an output to the buffer of an input.</summary>
    public void Share(string output, string input) => _binding.BindOutput(output, _values[input]);

    /// <summary>Reads the inputs' buffers and fills the outputs'.</summary>
    public void Run() => _session.RunWithBinding(_options, _binding);

    /// <inheritdoc/>
    public void Dispose()
    {
        _binding.Dispose();
        foreach (var value in _values.Values) value.Dispose();
        _options.Dispose();
        _session.Dispose();
    }

    private OrtValue Allocate(TensorManifest tensor)
    {
        var type = tensor.Dtype switch
        {
            TensorDtype.F32 => TensorElementType.Float,
            TensorDtype.I64 => TensorElementType.Int64,
            TensorDtype.U8 => TensorElementType.UInt8,
            _ => throw new ArgumentOutOfRangeException(nameof(tensor), tensor.Dtype, null),
        };
        return _values[tensor.Name] = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, type, tensor.Shape);
    }
}
