using System.Runtime.InteropServices;

namespace DiVLA.Control.ModelBuilder.Safetensors;

/// <summary>A tensor to be written.</summary>
/// <param name="Name">Name within the file.</param>
/// <param name="Dtype">Element type.</param>
/// <param name="Shape">Sizes, outermost first; empty for a scalar.</param>
/// <param name="Bytes">Elements, row-major, little endian.</param>
public sealed record TensorData(string Name, SafetensorsDtype Dtype, long[] Shape, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Copies 32-bit floats.</summary>
    public static TensorData FromFloats(string name, long[] shape, ReadOnlySpan<float> values) =>
        new(name, SafetensorsDtype.F32, shape, MemoryMarshal.AsBytes(values).ToArray());
}
