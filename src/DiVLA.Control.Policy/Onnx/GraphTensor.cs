using System.Runtime.InteropServices;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Onnx.Devices;
using Microsoft.ML.OnnxRuntime;

namespace DiVLA.Control.Policy.Onnx;

/// <summary>A preallocated tensor that graphs read from and write to in place.</summary>
/// <remarks>
/// Bound to two graphs, it hands one's output to the other without a copy. Where graphs run on a device, the tensor lies there, and the host has a
/// copy of its own from the first look at it on: <see cref="Upload"/> and <see cref="Download"/> bring one to the other, and do nothing on the host.
/// </remarks>
internal abstract class GraphTensor : IDisposable
{
    private protected GraphTensor(long[] shape) => Shape = shape;

    public long[] Shape { get; }

    /// <summary>What graphs on the device bind; on the host, what all graphs bind.</summary>
    public abstract OrtValue Value { get; }

    /// <summary>What graphs on the host bind.</summary>
    public abstract OrtValue HostValue { get; }

    /// <summary>True where the tensor lies on a device.</summary>
    public abstract bool IsOnDevice { get; }

    /// <summary>All numbers as they lie in the host's memory.</summary>
    public abstract Span<byte> Bytes { get; }

    /// <summary>True where no number of the host's copy is infinite or not a number.</summary>
    public abstract bool IsFinite { get; }

    /// <param name="device">Where graphs run; null for the host.</param>
    /// <param name="dtype">Element type.</param>
    /// <param name="shape">Sizes, outermost first.</param>
    public static GraphTensor Create(DeviceMemory? device, TensorDtype dtype, params long[] shape) => dtype switch
    {
        TensorDtype.F32 => new GraphTensor<float>(device, shape),
        TensorDtype.I64 => new GraphTensor<long>(device, shape),
        TensorDtype.U8 => new GraphTensor<byte>(device, shape),
        TensorDtype.F16 => new GraphTensor<Float16>(device, shape),
        TensorDtype.BF16 => new GraphTensor<BFloat16>(device, shape),
        _ => throw new NotSupportedException($"No graph of ours exchanges {dtype}."),
    };

    /// <summary>A tensor within a device's memory that somebody else frees.</summary>
    public static GraphTensor CreateAt(DeviceMemory device, nint address, TensorDtype dtype, params long[] shape) => dtype switch
    {
        TensorDtype.F32 => new GraphTensor<float>(device, address, shape),
        TensorDtype.F16 => new GraphTensor<Float16>(device, address, shape),
        TensorDtype.BF16 => new GraphTensor<BFloat16>(device, address, shape),
        _ => throw new NotSupportedException($"No cache of ours holds {dtype}."),
    };

    /// <summary>Brings what the host wrote to the device. Does not allocate.</summary>
    /// <exception cref="DeviceException">The device refused.</exception>
    public abstract void Upload();

    /// <summary>Brings what a graph wrote to the host. Does not allocate.</summary>
    /// <exception cref="DeviceException">The device refused.</exception>
    public abstract void Download();

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <inheritdoc/>
internal sealed class GraphTensor<T> : GraphTensor
    where T : unmanaged
{
    private readonly HostTensor<T>? _host;
    private readonly DeviceTensor<T>? _device;
    private readonly DeviceBlock? _block;

    /// <summary>A tensor on the host.</summary>
    public GraphTensor(params long[] shape)
        : this(null, shape)
    {
    }

    /// <summary>A tensor with memory of its own.</summary>
    /// <param name="device">Where graphs run; null for the host.</param>
    /// <param name="shape">Sizes, outermost first.</param>
    public unsafe GraphTensor(DeviceMemory? device, params long[] shape)
        : base(shape)
    {
        if (device is null)
        {
            _host = new HostTensor<T>(shape, Count(shape));
            return;
        }
        _block = new DeviceBlock(device, (long)Count(shape) * sizeof(T));
        _device = new DeviceTensor<T>(device, _block.Address, shape, Count(shape));
    }

    /// <summary>A tensor within a device's memory that somebody else frees.</summary>
    public GraphTensor(DeviceMemory device, nint address, long[] shape)
        : base(shape) => _device = new DeviceTensor<T>(device, address, shape, Count(shape));

    /// <inheritdoc/>
    public override OrtValue Value => _host?.Value ?? _device!.Value;

    /// <inheritdoc/>
    public override OrtValue HostValue => _host?.Value ?? _device!.HostValue;

    /// <inheritdoc/>
    public override bool IsOnDevice => _device is not null;

    /// <summary>All numbers as the host has them, row-major.</summary>
    public Span<T> Span => _host is { } host ? host.Span : _device!.Staged;

    /// <inheritdoc/>
    public override Span<byte> Bytes => MemoryMarshal.AsBytes(Span);

    /// <inheritdoc/>
    public override bool IsFinite => Finite.AllOf<T>(Span);

    /// <inheritdoc/>
    public override void Upload() => _device?.Upload();

    /// <inheritdoc/>
    public override void Download() => _device?.Download();

    /// <inheritdoc/>
    public override void Dispose()
    {
        _host?.Dispose();
        _device?.Dispose();
        _block?.Dispose();
    }

    private static int Count(long[] shape) => checked((int)shape.Aggregate(1L, (product, size) => product * size));
}
