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
}
