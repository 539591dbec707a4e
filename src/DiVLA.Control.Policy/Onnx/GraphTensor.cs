using System.Runtime.InteropServices;
using DiVLA.Control.Policy.Bundle;
using Microsoft.ML.OnnxRuntime;

namespace DiVLA.Control.Policy.Onnx;

/// <summary>A preallocated tensor that graphs read from and write to in place.</summary>
/// <remarks>Bound to two graphs, it hands one's output to the other without a copy.</remarks>
internal abstract class GraphTensor : IDisposable
{
    private protected GraphTensor(OrtValue value, long[] shape) => (Value, Shape) = (value, shape);

    public OrtValue Value { get; }

    public long[] Shape { get; }

    /// <summary>All numbers as they lie in memory.</summary>
    public abstract Span<byte> Bytes { get; }

    /// <summary>True where no number is infinite or not a number.</summary>
    public abstract bool IsFinite { get; }

    public static GraphTensor Create(TensorDtype dtype, params long[] shape) => dtype switch
    {
        TensorDtype.F32 => new GraphTensor<float>(shape),
        TensorDtype.I64 => new GraphTensor<long>(shape),
        TensorDtype.U8 => new GraphTensor<byte>(shape),
        TensorDtype.F16 => new GraphTensor<Float16>(shape),
        TensorDtype.BF16 => new GraphTensor<BFloat16>(shape),
        _ => throw new NotSupportedException($"No graph of ours exchanges {dtype}."),
    };

    /// <inheritdoc/>
    public void Dispose() => Value.Dispose();
}

/// <inheritdoc/>
internal sealed class GraphTensor<T> : GraphTensor
    where T : unmanaged
{
    private readonly T[] _data;

    public GraphTensor(params long[] shape)
        : this(GC.AllocateArray<T>(checked((int)shape.Aggregate(1L, (product, size) => product * size)), pinned: true), shape)
    {
    }

    private GraphTensor(T[] data, long[] shape)
        : base(OrtValue.CreateTensorValueFromMemory(data, shape), shape) => _data = data;

    /// <summary>All numbers, row-major.</summary>
    public Span<T> Span => _data;

    /// <inheritdoc/>
    public override Span<byte> Bytes => MemoryMarshal.AsBytes(Span);

    /// <inheritdoc/>
    public override bool IsFinite => _data switch
    {
        float[] numbers => Finite.All(numbers),
        Float16[] numbers => Array.TrueForAll(numbers, Float16.IsFinite),
        BFloat16[] numbers => Array.TrueForAll(numbers, BFloat16.IsFinite),
        _ => true,
    };
}
