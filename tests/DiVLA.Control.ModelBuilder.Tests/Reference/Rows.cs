namespace DiVLA.Control.ModelBuilder.Tests.Reference;

/// <summary>The plainest possible arithmetic on rows of doubles: one loop an operation, nothing fused, nothing shared.</summary>
internal static class Rows
{
    /// <summary>W x + b with W as `[out, in]`.</summary>
    public static double[] Linear(double[] x, double[] weight, double[]? bias = null)
    {
        var y = new double[weight.Length / x.Length];
        for (var o = 0; o < y.Length; o++)
        {
            y[o] = bias?[o] ?? 0;
            for (var i = 0; i < x.Length; i++) y[o] += weight[o * x.Length + i] * x[i];
        }
        return y;
    }

    public static double[] LayerNorm(double[] x, double[]? weight, double[]? bias, double epsilon)
    {
        var mean = x.Average();
        var deviation = Math.Sqrt(x.Average(value => (value - mean) * (value - mean)) + epsilon);
        return [.. x.Select((value, i) => (value - mean) / deviation * (weight?[i] ?? 1) + (bias?[i] ?? 0))];
    }

    public static double[] RmsNorm(double[] x, double[] weight, double epsilon)
    {
        var rms = Math.Sqrt(x.Average(value => value * value) + epsilon);
        return [.. x.Select((value, i) => value / rms * weight[i])];
    }

    public static double Silu(double x) => x / (1 + Math.Exp(-x));

    public static double[] Silu(double[] x) => Array.ConvertAll(x, Silu);

    public static double[] Gelu(double[] x) => Array.ConvertAll(x, value => value * 0.5 * (1 + Erf(value / Math.Sqrt(2))));

    public static double[] Softmax(double[] x)
    {
        var exponentials = Array.ConvertAll(x, value => Math.Exp(value - x.Max()));
        return Array.ConvertAll(exponentials, value => value / exponentials.Sum());
    }

    public static double[] Add(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];

    public static double[] Multiply(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x * y)];

    /// <summary>Mean of several rows; zeros where there are none.</summary>
    public static double[] Mean(IReadOnlyCollection<double[]> rows, int width) =>
        rows.Count == 0 ? new double[width] : [.. Enumerable.Range(0, width).Select(i => rows.Average(row => row[i]))];

    /// <summary>Index of the largest, the first of equals.</summary>
    public static int ArgMax(double[] x) => Array.IndexOf(x, x.Max());

    // The Taylor series; beyond 4 the function is 1 to within 2e-8.
    private static double Erf(double x)
    {
        if (Math.Abs(x) > 4) return Math.Sign(x);
        var (term, sum) = (x, x);
        for (var n = 1; n < 100; n++)
        {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }
        return 2 / Math.Sqrt(Math.PI) * sum;
    }
}
