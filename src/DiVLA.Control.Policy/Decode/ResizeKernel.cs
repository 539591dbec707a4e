namespace DiVLA.Control.Policy.Decode;

/// <summary>Which source pixels make up each target pixel along one side, and by how much: bicubic, a = -0.5, widened where the side shrinks.</summary>
/// <remarks>Fixed-point with 22 fractional bits, coefficient by coefficient those of Pillow's resize, so that results are equal to the bit.</remarks>
internal sealed class ResizeKernel
{
    /// <summary>Fractional bits of a coefficient.</summary>
    public const int Precision = 22;

    private const double Support = 2;

    private readonly int[] _coefficients;
    private readonly int[] _starts;
    private readonly int[] _counts;
    private readonly int _stride;

    public ResizeKernel(int source, int target)
    {
        var scale = (double)source / target;
        var widening = Math.Max(scale, 1);
        var support = Support * widening;
        _stride = (int)Math.Ceiling(support) * 2 + 1;
        (_starts, _counts, _coefficients) = (new int[target], new int[target], new int[target * _stride]);
        for (var i = 0; i < target; i++)
        {
            var center = (i + 0.5) * scale;
            _starts[i] = Math.Max((int)(center - support + 0.5), 0);
            _counts[i] = Math.Min((int)(center + support + 0.5), source) - _starts[i];
            Fill(_coefficients.AsSpan(i * _stride, _counts[i]), _starts[i], center, 1 / widening);
        }
    }

    /// <summary>First source pixel of a target pixel.</summary>
    public int Start(int target) => _starts[target];

    /// <summary>Weights of the source pixels from there on.</summary>
    public ReadOnlySpan<int> Weights(int target) => _coefficients.AsSpan(target * _stride, _counts[target]);

    private static void Fill(Span<int> coefficients, int start, double center, double scale)
    {
        Span<double> weights = stackalloc double[coefficients.Length];
        var sum = 0.0;
        for (var x = 0; x < weights.Length; x++) sum += weights[x] = Bicubic((x + start - center + 0.5) * scale);
        for (var x = 0; x < weights.Length; x++) coefficients[x] = Fixed(weights[x] / sum);
    }

    private static int Fixed(double weight) => (int)(weight * (1 << Precision) + (weight < 0 ? -0.5 : 0.5));

    // Keys' cubic convolution.
    private static double Bicubic(double x)
    {
        const double a = -0.5;
        x = Math.Abs(x);
        if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    }
}
