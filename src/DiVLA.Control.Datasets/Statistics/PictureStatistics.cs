namespace DiVLA.Control.Datasets.Statistics;

/// <summary>Statistics of pictures that pass by one after the other: exact, from counts of the 256 values of each channel.</summary>
internal sealed class PictureStatistics
{
    private const int Channels = 3;
    private const int Levels = 256;

    private readonly long[][] _counts = [new long[Levels], new long[Levels], new long[Levels]];
    private readonly int _stride;
    private long _pictures;

    /// <summary>Takes the size of the pictures. Unit: pixels.</summary>
    public PictureStatistics(int width, int height)
    {
        // As the lerobot library does: a large picture tells no more than every nth of its pixels.
        const int largest = 300, target = 150;
        _stride = Math.Max(width, height) < largest ? 1 : Math.Max(width, height) / target;
        (Width, Height) = (width, height);
    }

    private int Width { get; }

    private int Height { get; }

    /// <summary>Counts a picture, RGB8 row by row.</summary>
    public void Add(ReadOnlySpan<byte> rgb)
    {
        for (var y = 0; y < Height; y += _stride)
            for (var x = 0; x < Width; x += _stride)
                for (var channel = 0; channel < Channels; channel++) _counts[channel][rgb[(y * Width + x) * Channels + channel]]++;
        _pictures++;
    }

    /// <summary>Of what was counted; at least one picture.</summary>
    public FeatureStatistics Measure()
    {
        var result = FeatureStatistics.Names.ToDictionary(name => name, _ => new double[Channels]);
        for (var channel = 0; channel < Channels; channel++) MeasureOne(_counts[channel], channel, result);
        return new FeatureStatistics(StatisticsKind.Picture, _pictures, result);
    }

    private static void MeasureOne(long[] counts, int channel, Dictionary<string, double[]> result)
    {
        var total = (double)counts.Sum();
        var mean = Enumerable.Range(0, Levels).Sum(level => level * (counts[level] / total));
        result["min"][channel] = Array.FindIndex(counts, count => count > 0) / 255.0;
        result["max"][channel] = Array.FindLastIndex(counts, count => count > 0) / 255.0;
        result["mean"][channel] = mean / 255;
        result["std"][channel] = Math.Sqrt(Enumerable.Range(0, Levels).Sum(level => (level - mean) * (level - mean) * (counts[level] / total))) / 255;
        foreach (var (name, share) in FeatureStatistics.Quantiles) result[name][channel] = LevelAt(counts, share * total) / 255.0;
    }

    // The value of the pixel that so many are not above.
    private static int LevelAt(long[] counts, double target)
    {
        var level = 0;
        for (var seen = counts[0]; seen < target; seen += counts[level]) level++;
        return level;
    }
}
