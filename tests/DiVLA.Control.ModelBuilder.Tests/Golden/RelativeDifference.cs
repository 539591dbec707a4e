namespace DiVLA.Control.ModelBuilder.Tests.Golden;

/// <summary>Compares with what the original code computed, in units of the tensor's largest magnitude, and prints by how much they differ.</summary>
internal static class RelativeDifference
{
    /// <summary>Allowed for fp32 graphs.</summary>
    public const double Single = 1e-3;

    /// <summary>Allowed for fp16 graphs.</summary>
    public const double Half = 2e-2;

    public static void Check(string name, ReadOnlySpan<float> actual, ReadOnlySpan<float> expected, double tolerance = Single)
    {
        Assert.That(actual.Length, Is.EqualTo(expected.Length), name);
        var (largest, magnitude) = (0.0, 0.0);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.That(float.IsFinite(actual[i]), $"{name}[{i}] is {actual[i]}");
            largest = Math.Max(largest, Math.Abs((double)actual[i] - expected[i]));
            magnitude = Math.Max(magnitude, Math.Abs(expected[i]));
        }
        TestContext.Progress.WriteLine($"{name}: max abs difference {largest:E2}, {largest / magnitude:E2} of the largest magnitude {magnitude:F3}");
        Assert.That(largest, Is.LessThanOrEqualTo(tolerance * magnitude), name);
    }
}
