using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace DiVLA.Control.Policy.Onnx;

/// <summary>Finds numbers that must not reach an arm.</summary>
internal static class Finite
{
    /// <summary>True where no number is infinite or not a number.</summary>
    public static bool All(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
            if (!float.IsFinite(value)) return false;
        return true;
    }

    /// <summary>The same for numbers of any element type; integers are finite.</summary>
    public static bool AllOf<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float)) return All(MemoryMarshal.Cast<T, float>(values));
        if (typeof(T) == typeof(Float16)) return All(MemoryMarshal.Cast<T, Float16>(values));
        return typeof(T) != typeof(BFloat16) || All(MemoryMarshal.Cast<T, BFloat16>(values));
    }

    private static bool All(ReadOnlySpan<Float16> values)
    {
        foreach (var value in values)
            if (!Float16.IsFinite(value)) return false;
        return true;
    }

    private static bool All(ReadOnlySpan<BFloat16> values)
    {
        foreach (var value in values)
            if (!BFloat16.IsFinite(value)) return false;
        return true;
    }
}
