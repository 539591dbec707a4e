using Microsoft.ML.OnnxRuntime;

namespace DiVLA.Control.Policy.Onnx;

/// <summary>Numbers in the host's memory, which ONNX Runtime reads and writes where they are.</summary>
internal sealed class HostTensor<T> : IDisposable
    where T : unmanaged
{
    private readonly T[] _data;

    public HostTensor(long[] shape, int length)
    {
        _data = GC.AllocateArray<T>(length, pinned: true);
        Value = OrtValue.CreateTensorValueFromMemory(_data, shape);
    }

    public OrtValue Value { get; }

    public Span<T> Span => _data;

    /// <inheritdoc/>
    public void Dispose() => Value.Dispose();
}
