namespace DiVLA.Control.TestSupport;

/// <summary>Compares a graph with the reference, and prints by how much they differ.</summary>
public static class Difference
{
    private const double Tolerance = 1e-4;

    /// <summary>Fails where a number is not finite or more than 1e-4 off.</summary>
    public static void Check(string name, ReadOnlySpan<float> actual, double[] expected)
    {
        Assert.That(actual.Length, Is.EqualTo(expected.Length), name);
        var largest = 0.0;
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.That(float.IsFinite(actual[i]), $"{name}[{i}] is {actual[i]}");
            largest = Math.Max(largest, Math.Abs(actual[i] - expected[i]));
        }
        TestContext.Progress.WriteLine($"{name}: max abs difference {largest:E2} over {expected.Length} numbers up to {expected.Max(Math.Abs):F2}");
        Assert.That(largest, Is.LessThanOrEqualTo(Tolerance), name);
    }
}
