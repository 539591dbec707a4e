using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DiVLA.Control.Policy.Onnx.Devices;

/// <summary>Numbers in a device's memory, and a copy in the host's where anyone asks for it.</summary>
internal sealed class DeviceTensor<T> : IDisposable
    where T : unmanaged
{
    private readonly DeviceMemory _memory;
    private readonly nint _address;
    private readonly long[] _shape;
    private readonly int _length;
    private nint _staging;
    private OrtValue? _hostValue;

    /// <summary>Over memory that somebody else frees.</summary>
    public DeviceTensor(DeviceMemory memory, nint address, long[] shape, int length)
    {
        (_memory, _address, _shape, _length) = (memory, address, shape, length);
        Value = Over(memory.Info, address);
    }

    /// <summary>On the device.</summary>
    public OrtValue Value { get; }

    /// <summary>On the host.</summary>
    public OrtValue HostValue => _hostValue ??= Over(OrtMemoryInfo.DefaultInstance, Staging);

    /// <summary>The host's copy.</summary>
    public unsafe Span<T> Staged => new((void*)Staging, _length);

    public void Upload() => _memory.Upload(Staging, _address, Bytes);

    public void Download() => _memory.Download(_address, Staging, Bytes);

    /// <inheritdoc/>
    public void Dispose()
    {
        _hostValue?.Dispose();
        Value.Dispose();
        if (_staging != 0) _memory.FreeOnHost(_staging);
    }

    private unsafe long Bytes => (long)_length * sizeof(T);

    private nint Staging => _staging != 0 ? _staging : _staging = _memory.AllocateOnHost(Bytes);

    private OrtValue Over(OrtMemoryInfo info, nint address) => OrtValue.CreateTensorValueWithData(info, ElementType, _shape, address, Bytes);

    private static TensorElementType ElementType => TensorBase.GetTypeInfo(typeof(T)).ElementType;
}
