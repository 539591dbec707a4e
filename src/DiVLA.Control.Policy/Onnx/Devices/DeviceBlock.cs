namespace DiVLA.Control.Policy.Onnx.Devices;

/// <summary>A piece of a device's memory.</summary>
internal sealed class DeviceBlock : IDisposable
{
    private readonly DeviceMemory _memory;

    public DeviceBlock(DeviceMemory memory, long bytes) => (_memory, Bytes, Address) = (memory, bytes, memory.Allocate(bytes));

    public nint Address { get; }

    /// <summary>Size.</summary>
    public long Bytes { get; }

    /// <summary>Copies all of a block of the same size.</summary>
    public void CopyFrom(DeviceBlock source) => _memory.Copy(source.Address, Address, Bytes);

    /// <inheritdoc/>
    public void Dispose() => _memory.Free(Address);
}
