namespace DiVLA.Control.Cli.Eval;

/// <summary>What a success rate may really be, from few trials: Wilson's score interval, which stays inside [0, 1] and is honest near its ends.</summary>
internal static class WilsonInterval
{
    // Two-sided 95 % of a normal distribution.
    private const double Z = 1.959963984540054;

    /// <summary>Low and high end of the 95 % interval; everything is possible after no trials.</summary>
    public static (double Low, double High) Of(int successes, int trials)
    {
        if (trials == 0) return (0, 1);
        var (n, share) = ((double)trials, (double)successes / trials);
        var centre = (share + Z * Z / (2 * n)) / (1 + Z * Z / n);
        var half = Z / (1 + Z * Z / n) * Math.Sqrt(share * (1 - share) / n + Z * Z / (4 * n * n));
        return (Math.Max(0, centre - half), Math.Min(1, centre + half));
    }
}
