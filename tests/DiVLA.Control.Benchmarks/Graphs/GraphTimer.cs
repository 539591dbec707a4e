using System.Diagnostics;
using System.Runtime.InteropServices;
using DiVLA.Control.Policy.Bundle;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DiVLA.Control.Benchmarks.Graphs;

/// <summary>One graph in a session of its own, bound to buffers once and timed run by run.</summary>
internal sealed class GraphTimer : IDisposable
{
    private readonly InferenceSession _session;
    private readonly OrtIoBinding _binding;
    private readonly RunOptions _run = new();
    private readonly Dictionary<string, OrtValue> _buffers = new(StringComparer.Ordinal);
    private readonly List<double> _times = [];

    public GraphTimer(string name, string folder, GraphManifest graph, SessionVariant variant)
    {
        Name = name;
        using var options = new SessionOptions { IntraOpNumThreads = variant.Threads, InterOpNumThreads = 1 };
        options.AddSessionConfigEntry("session.disable_prepacking", variant.Prepack ? "0" : "1");
        _session = new InferenceSession(Path.Combine(folder, graph.File), options);
        _binding = _session.CreateIoBinding();
        foreach (var input in graph.Inputs) _binding.BindInput(input.Name, Allocate(input));
        foreach (var output in graph.Outputs) _binding.BindOutput(output.Name, Allocate(output));
    }

    public string Name { get; }

    /// <summary>What the host does with the outputs of every run, timed with it.</summary>
    public Action<GraphTimer> Afterwards { get; init; } = static _ => { };

    /// <summary>Runs all timers in turn, and keeps the times after the warm-up.</summary>
    public static void TakeTurns(GraphTimer[] timers, int warmUps, int runs, Action between)
    {
        foreach (var timer in timers)
            for (var i = 0; i < warmUps; i++) timer.Run();
        foreach (var timer in timers) timer._times.Clear();
        for (var i = 0; i < runs; i++)
            foreach (var timer in timers)
            {
                between();
                timer.Run();
            }
    }

    /// <summary>The buffer of an input or output.</summary>
    public Span<T> Buffer<T>(string name) where T : unmanaged => MemoryMarshal.Cast<byte, T>(_buffers[name].GetTensorMutableRawData());

    /// <summary>Binds an output to the buffer of an input.</summary>
    public void Share(string output, string input) => _binding.BindOutput(output, _buffers[input]);

    /// <summary>Minimum, median and 90th percentile. Unit: ms.</summary>
    public (double Min, double Median, double P90) Summary()
    {
        _times.Sort();
        return (_times[0], _times[_times.Count / 2], _times[_times.Count * 9 / 10]);
    }

    public void Dispose()
    {
        _binding.Dispose();
        foreach (var buffer in _buffers.Values) buffer.Dispose();
        _run.Dispose();
        _session.Dispose();
    }

    private void Run()
    {
        var start = Stopwatch.GetTimestamp();
        _session.RunWithBinding(_run, _binding);
        Afterwards(this);
        _times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    private OrtValue Allocate(TensorManifest tensor)
    {
        var type = tensor.Dtype switch
        {
            TensorDtype.F32 => TensorElementType.Float,
            TensorDtype.F16 => TensorElementType.Float16,
            TensorDtype.I64 => TensorElementType.Int64,
            TensorDtype.U8 => TensorElementType.UInt8,
            _ => throw new ArgumentOutOfRangeException(nameof(tensor), tensor.Dtype, null),
        };
        var value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, type, tensor.Shape);
        value.GetTensorMutableRawData().Clear();
        return _buffers[tensor.Name] = value;
    }
}

/// <summary>Session options that are compared.</summary>
/// <param name="Threads">Threads inside an operator.</param>
/// <param name="Prepack">Whether each operator makes a copy of its weights in the order its kernel likes.</param>
internal sealed record SessionVariant(int Threads, bool Prepack)
{
    public override string ToString() => $"{Threads} thread{(Threads == 1 ? "" : "s")}, {(Prepack ? "prepacked" : "shared")} weights";
}
