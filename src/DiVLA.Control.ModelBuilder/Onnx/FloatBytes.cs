using System.Runtime.InteropServices;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Onnx;

/// <summary>Numbers as the bytes of an element type, rounded to nearest even where it is narrower.</summary>
internal static class FloatBytes
{
    /// <summary>The largest number that fp16 holds.</summary>
    public const float LargestHalf = 65504;

    // Halfway to the number that would come next: from here on fp16 rounds to infinity.
    private const float BeyondHalf = 65520;

    /// <summary>False where a finite number becomes an infinite one.</summary>
    public static bool Fits(TensorDtype dtype, ReadOnlySpan<float> values)
    {
        if (dtype != TensorDtype.F16) return true;
        foreach (var value in values)
            if (float.IsFinite(value) && Math.Abs(value) >= BeyondHalf) return false;
        return true;
    }

    /// <summary>Size of an element. Unit: bytes.</summary>
    public static int Size(TensorDtype dtype) => dtype == TensorDtype.F32 ? sizeof(float) : sizeof(ushort);

    /// <summary>Fills `target`, of as many elements as `values`.</summary>
    public static void Write(TensorDtype dtype, ReadOnlySpan<float> values, Span<byte> target)
    {
        switch (dtype)
        {
            case TensorDtype.F32:
                MemoryMarshal.AsBytes(values).CopyTo(target);
                break;
            case TensorDtype.F16:
                WriteHalf(values, MemoryMarshal.Cast<byte, Half>(target));
                break;
            case TensorDtype.BF16:
                WriteBrain(values, MemoryMarshal.Cast<byte, ushort>(target));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype), dtype, null);
        }
    }

    /// <summary>The bytes of all values.</summary>
    public static byte[] Of(TensorDtype dtype, ReadOnlySpan<float> values)
    {
        var bytes = new byte[values.Length * Size(dtype)];
        Write(dtype, values, bytes);
        return bytes;
    }

    private static void WriteHalf(ReadOnlySpan<float> values, Span<Half> target)
    {
        for (var i = 0; i < values.Length; i++) target[i] = (Half)values[i];
    }

    // bf16 is the upper half of an fp32.
    private static void WriteBrain(ReadOnlySpan<float> values, Span<ushort> target)
    {
        for (var i = 0; i < values.Length; i++)
        {
            var bits = BitConverter.SingleToUInt32Bits(values[i]);
            var rounded = bits + 0x7FFF + ((bits >> 16) & 1);
            target[i] = (ushort)((float.IsNaN(values[i]) ? bits | 0x400000 : rounded) >> 16);
        }
    }
}
