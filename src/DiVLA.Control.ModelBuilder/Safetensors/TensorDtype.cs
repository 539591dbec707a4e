namespace DiVLA.Control.ModelBuilder.Safetensors;

/// <summary>Element types of a safetensors file. The names are the format's own.</summary>
public enum TensorDtype
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
public static class TensorDtypes
{
    /// <summary>Size of one element. Unit: bytes.</summary>
    public static int Size(this TensorDtype dtype) => dtype switch
    {
        TensorDtype.Bool or TensorDtype.U8 or TensorDtype.I8 => 1,
        TensorDtype.I16 or TensorDtype.U16 or TensorDtype.F16 or TensorDtype.BF16 => 2,
        TensorDtype.I32 or TensorDtype.U32 or TensorDtype.F32 => 4,
        TensorDtype.I64 or TensorDtype.U64 or TensorDtype.F64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, null),
    };

    /// <summary>How the header spells the type.</summary>
    internal static string HeaderName(this TensorDtype dtype) => dtype == TensorDtype.Bool ? "BOOL" : dtype.ToString();

    internal static bool TryParse(string headerName, out TensorDtype dtype)
    {
        foreach (var candidate in Enum.GetValues<TensorDtype>())
        {
            dtype = candidate;
            if (candidate.HeaderName() == headerName) return true;
        }
        dtype = default;
        return false;
    }
}
