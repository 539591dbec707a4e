using DiVLA.Control.ModelBuilder.Onnx;

namespace DiVLA.Control.ModelBuilder.Graphs;

/// <summary>Layers computed at build time, in double precision: for what depends on the time step alone.</summary>
internal static class DenseLayers
{
    /// <summary>A PyTorch `Linear` with bias: `{name}.weight [out, in]`, `{name}.bias [out]`.</summary>
    public static double[] Linear(WeightSource weights, string name, double[] x, int outputs) =>
        Product(weights.Values($"{name}.weight", outputs, x.Length), x.Length, weights.Values($"{name}.bias", outputs), x);

    /// <summary>The first columns of a weight `[out, columns]`, times x, plus a bias that may be empty.</summary>
    public static double[] Product(float[] weight, int columns, float[] bias, double[] x)
    {
        var rows = new double[weight.Length / columns];
        for (var row = 0; row < rows.Length; row++)
        {
            var sum = bias.Length == 0 ? 0.0 : bias[row];
            for (var column = 0; column < x.Length; column++) sum += (double)weight[row * columns + column] * x[column];
            rows[row] = sum;
        }
        return rows;
    }

    public static double[] Silu(double[] values) => Array.ConvertAll(values, value => value / (1 + Math.Exp(-value)));

    /// <summary>`x * tanh(softplus(x))`.</summary>
    public static double[] Mish(double[] values) => Array.ConvertAll(values, value => value * Math.Tanh(Math.Log(1 + Math.Exp(Math.Min(value, 40)))));
}
