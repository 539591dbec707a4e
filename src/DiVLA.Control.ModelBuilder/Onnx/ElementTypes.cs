using DiVLA.Control.ModelBuilder.Onnx.Schema;
using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Onnx;

/// <summary>Element types of manifests and of ONNX files.</summary>
internal static class ElementTypes
{
    /// <summary>What an ONNX file calls a manifest's type.</summary>
    public static TensorProto.Types.DataType ToOnnx(TensorDtype dtype) => dtype switch
    {
        TensorDtype.F32 => TensorProto.Types.DataType.Float,
        TensorDtype.F16 => TensorProto.Types.DataType.Float16,
        TensorDtype.BF16 => TensorProto.Types.DataType.Bfloat16,
        TensorDtype.I64 => TensorProto.Types.DataType.Int64,
        TensorDtype.I32 => TensorProto.Types.DataType.Int32,
        TensorDtype.U8 => TensorProto.Types.DataType.Uint8,
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, null),
    };

    /// <summary>What a safetensors file calls a manifest's floating-point type.</summary>
    public static SafetensorsDtype ToSafetensors(TensorDtype dtype) => dtype switch
    {
        TensorDtype.F32 => SafetensorsDtype.F32,
        TensorDtype.F16 => SafetensorsDtype.F16,
        TensorDtype.BF16 => SafetensorsDtype.BF16,
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, null),
    };

    /// <summary>What a manifest calls an ONNX file's type.</summary>
    public static TensorDtype OfOnnx(TensorProto.Types.DataType type) =>
        Enum.GetValues<TensorDtype>().Single(dtype => ToOnnx(dtype) == type);
}
