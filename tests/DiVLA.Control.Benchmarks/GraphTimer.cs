using System.Diagnostics;
using DiVLA.Control.Policy.Bundle;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DiVLA.Control.Benchmarks;

/// <summary>One graph in a session of its own, bound to buffers once and timed run by run.</summary>
internal sealed class GraphTimer : IDisposable
{
    private readonly InferenceSession _session;
    private readonly OrtIoBinding _binding;
    private readonly RunOptions _run = new();
    private readonly List<OrtValue> _buffers = [];
    private readonly List<double> _times = [];

    public GraphTimer(string bundle, GraphManifest graph, SessionVariant variant)
    {
        Name = $"{graph.File}, {variant}";
        using var options = new SessionOptions { IntraOpNumThreads = variant.Threads, InterOpNumThreads = 1 };
        options.AddSessionConfigEntry("session.disable_prepacking", variant.Prepack ? "0" : "1");
        _session = new InferenceSession(Path.Combine(bundle, graph.File), options);
        _binding = _session.CreateIoBinding();
        foreach (var input in graph.Inputs) _binding.BindInput(input.Name, Allocate(input));
        foreach (var output in graph.Outputs) _binding.BindOutput(output.Name, Allocate(output));
    }

    public string Name { get; }

    /// <summary>Runs once and notes how long it took.</summary>
    public void Run()
    {
        var start = Stopwatch.GetTimestamp();
        _session.RunWithBinding(_run, _binding);
        _times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    /// <summary>Forgets the runs so far: those were the warm-up.</summary>
    public void Restart() => _times.Clear();

    /// <summary>Minimum, median and 90th percentile. Unit: ms.</summary>
    public (double Min, double Median, double P90) Summary()
    {
        _times.Sort();
        return (_times[0], _times[_times.Count / 2], _times[_times.Count * 9 / 10]);
    }

    public void Dispose()
    {
        _binding.Dispose();
        foreach (var buffer in _buffers) buffer.Dispose();
        _run.Dispose();
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
        var value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, type, tensor.Shape);
        value.GetTensorMutableRawData().Clear();
        _buffers.Add(value);
        return value;
    }
}

/// <summary>Session options that are compared.</summary>
/// <param name="Threads">Threads inside an operator.</param>
/// <param name="Prepack">Whether each operator makes a copy of its weights in the order its kernel likes.</param>
internal sealed record SessionVariant(int Threads, bool Prepack)
{
    public override string ToString() => $"{Threads} thread{(Threads == 1 ? "" : "s")}, {(Prepack ? "prepacked" : "shared")} weights";
}
