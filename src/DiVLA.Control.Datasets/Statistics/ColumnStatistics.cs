namespace DiVLA.Control.Datasets.Statistics;

/// <summary>Statistics of a column of numbers. Quantiles come from a histogram of 5000 bins, as in the lerobot library.</summary>
internal static class ColumnStatistics
{
    private const int Bins = 5000;
    private const double Margin = 1e-10;

    /// <summary>Measures values `[rows, width]`, at least one row.</summary>
    public static FeatureStatistics Measure(StatisticsKind kind, ReadOnlySpan<double> values, int width)
    {
        var rows = values.Length / width;
        var result = FeatureStatistics.Names.ToDictionary(name => name, _ => new double[width]);
        var column = new double[rows];
        for (var i = 0; i < width; i++)
        {
            for (var row = 0; row < rows; row++) column[row] = values[row * width + i];
            MeasureOne(column, i, result);
        }
        return new FeatureStatistics(kind, rows, result);
    }

    private static void MeasureOne(double[] column, int i, Dictionary<string, double[]> result)
    {
        var (min, max, mean) = (column.Min(), column.Max(), column.Average());
        result["min"][i] = min;
        result["max"][i] = max;
        result["mean"][i] = mean;
        result["std"][i] = Math.Sqrt(column.Sum(value => (value - mean) * (value - mean)) / column.Length);
        if (column.Length < 2)
        {
            foreach (var (name, _) in FeatureStatistics.Quantiles) result[name][i] = mean;
            return;
        }
        var (edges, counts) = Histogram(column, min - Margin, max + Margin);
        foreach (var (name, share) in FeatureStatistics.Quantiles) result[name][i] = Quantile(edges, counts, share * column.Length);
    }

    private static (double[] Edges, long[] Counts) Histogram(double[] column, double low, double high)
    {
        var edges = new double[Bins + 1];
        for (var bin = 0; bin <= Bins; bin++) edges[bin] = low + (high - low) * bin / Bins;
        var counts = new long[Bins];
        foreach (var value in column)
        {
            var bin = Array.BinarySearch(edges, value);
            counts[Math.Clamp(bin >= 0 ? bin : ~bin - 1, 0, Bins - 1)]++;
        }
        return (edges, counts);
    }

    /// <summary>Where the running count reaches <paramref name="target"/>, linearly within a bin.</summary>
    internal static double Quantile(double[] edges, long[] counts, double target)
    {
        var before = 0L;
        for (var bin = 0; bin < counts.Length; bin++)
        {
            if (before + counts[bin] < target)
            {
                before += counts[bin];
                continue;
            }
            if (bin == 0) return edges[0];
            return counts[bin] == 0 ? edges[bin] : edges[bin] + (target - before) / counts[bin] * (edges[bin + 1] - edges[bin]);
        }
        return edges[^1];
    }
}
