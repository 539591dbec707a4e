namespace DiVLA.Control.Datasets.Statistics;

/// <summary>How the numbers of a column are spread, number by number of a row; channel by channel for pictures, scaled to [0, 1].</summary>
/// <param name="Kind">How they are written.</param>
/// <param name="Count">Rows, or pictures.</param>
/// <param name="Values">Under the names that files use: `min`, `max`, `mean`, `std`, `q01`, `q10`, `q50`, `q90`, `q99`; `[width]` each.</param>
public sealed record FeatureStatistics(StatisticsKind Kind, long Count, IReadOnlyDictionary<string, double[]> Values)
{
    internal const string CountName = "count";

    /// <summary>Quantiles that are kept.</summary>
    internal static readonly (string Name, double Share)[] Quantiles = [("q01", 0.01), ("q10", 0.10), ("q50", 0.50), ("q90", 0.90), ("q99", 0.99)];

    /// <summary>Names in the order of files, without the count.</summary>
    internal static readonly string[] Names = ["min", "max", "mean", "std", .. Quantiles.Select(quantile => quantile.Name)];

    /// <summary>Joins the statistics of several parts. Quantiles cannot be joined exactly: as in the lerobot library, their mean stands for them, weighted by count.</summary>
    public static FeatureStatistics Join(IReadOnlyList<FeatureStatistics> parts)
    {
        var count = parts.Sum(part => part.Count);
        double[] Mean(string name) => Combine(parts, part => part.Values[name].Select(value => value * part.Count), values => values.Sum() / count);
        var mean = Mean("mean");
        var variance = Combine(
            parts,
            part => part.Values["std"].Zip(part.Values["mean"], mean).Select(v => (v.First * v.First + (v.Second - v.Third) * (v.Second - v.Third)) * part.Count),
            values => values.Sum() / count);
        var values = new Dictionary<string, double[]>
        {
            ["min"] = Combine(parts, part => part.Values["min"], Enumerable.Min),
            ["max"] = Combine(parts, part => part.Values["max"], Enumerable.Max),
            ["mean"] = mean,
            ["std"] = [.. variance.Select(Math.Sqrt)],
        };
        foreach (var (name, _) in Quantiles) values[name] = Mean(name);
        return new FeatureStatistics(parts[0].Kind, count, values);
    }

    private static double[] Combine(IReadOnlyList<FeatureStatistics> parts, Func<FeatureStatistics, IEnumerable<double>> select, Func<IEnumerable<double>, double> fold)
    {
        var rows = parts.Select(part => select(part).ToArray()).ToArray();
        return [.. Enumerable.Range(0, rows[0].Length).Select(i => fold(rows.Select(row => row[i])))];
    }
}

/// <summary>How statistics are written.</summary>
public enum StatisticsKind
{
    /// <summary>Lists of real numbers.</summary>
    Real,

    /// <summary>The same, but least and greatest are whole.</summary>
    Whole,

    /// <summary>`[3, 1, 1]`, in [0, 1].</summary>
    Picture,
}
