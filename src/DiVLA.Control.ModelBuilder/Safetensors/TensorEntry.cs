namespace DiVLA.Control.ModelBuilder.Safetensors;

/// <summary>Where a tensor lies and how it is shaped.</summary>
/// <param name="Name">Name within the file.</param>
/// <param name="Dtype">Element type.</param>
/// <param name="Shape">Sizes, outermost first; empty for a scalar.</param>
/// <param name="FileOffset">First byte, counted from the start of the file. Unit: bytes.</param>
/// <param name="Length">Unit: bytes.</param>
public sealed record TensorEntry(string Name, SafetensorsDtype Dtype, long[] Shape, long FileOffset, long Length)
{
    /// <summary>Number of elements.</summary>
    public long Count => Length / Dtype.Size();
}
