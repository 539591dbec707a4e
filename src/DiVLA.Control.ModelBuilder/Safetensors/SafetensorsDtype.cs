namespace DiVLA.Control.ModelBuilder.Safetensors;

/// <summary>Element types of a safetensors file. The names are the format's own.</summary>
public enum SafetensorsDtype
{
    Bool,
    U8,
    I8,
    I16,
    U16,
    F16,
    BF16,
    I32,
    U32,
    F32,
    I64,
    U64,
    F64,
}

/// <summary>Facts about element types.</summary>
public static class SafetensorsDtypes
{
    /// <summary>Size of one element. Unit: bytes.</summary>
    public static int Size(this SafetensorsDtype dtype) => dtype switch
    {
        SafetensorsDtype.Bool or SafetensorsDtype.U8 or SafetensorsDtype.I8 => 1,
        SafetensorsDtype.I16 or SafetensorsDtype.U16 or SafetensorsDtype.F16 or SafetensorsDtype.BF16 => 2,
        SafetensorsDtype.I32 or SafetensorsDtype.U32 or SafetensorsDtype.F32 => 4,
        SafetensorsDtype.I64 or SafetensorsDtype.U64 or SafetensorsDtype.F64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, null),
    };

    /// <summary>How the header spells the type.</summary>
    internal static string HeaderName(this SafetensorsDtype dtype) => dtype == SafetensorsDtype.Bool ? "BOOL" : dtype.ToString();

    internal static bool TryParse(string headerName, out SafetensorsDtype dtype)
    {
        foreach (var candidate in Enum.GetValues<SafetensorsDtype>())
        {
            dtype = candidate;
            if (candidate.HeaderName() == headerName) return true;
        }
        dtype = default;
        return false;
    }
}
