namespace DiVLA.Control.Datasets.Images;

/// <summary>Brings pictures to another size: a triangle filter as wide as the larger of the two pixel grids, so that shrinking does not alias.</summary>
/// <remarks>The whole picture is kept and the aspect ratio is not: what a camera shows at the edge matters more than round circles.</remarks>
public sealed class Resampler
{
    private const int Channels = 3;

    private readonly int _height;
    private readonly (int First, double[] Weights)[] _columns;
    private readonly (int First, double[] Weights)[] _rows;
    private readonly double[] _between;

    /// <summary>Takes the sizes of source and target. Unit: pixels.</summary>
    public Resampler(int sourceWidth, int sourceHeight, int targetWidth, int targetHeight)
    {
        _height = sourceHeight;
        SourceWidth = sourceWidth;
        _columns = Weights(sourceWidth, targetWidth);
        _rows = Weights(sourceHeight, targetHeight);
        _between = new double[sourceHeight * targetWidth * Channels];
    }

    private int SourceWidth { get; }

    /// <summary>Resamples `[H, W, 3]` into `[H', W', 3]`.</summary>
    public void Resample(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var width = _columns.Length;
        for (var y = 0; y < _height; y++)
            for (var x = 0; x < width; x++)
                for (var channel = 0; channel < Channels; channel++)
                {
                    var (first, weights) = _columns[x];
                    var sum = 0.0;
                    for (var k = 0; k < weights.Length; k++) sum += weights[k] * source[(y * SourceWidth + first + k) * Channels + channel];
                    _between[(y * width + x) * Channels + channel] = sum;
                }
        var line = width * Channels;
        for (var y = 0; y < _rows.Length; y++)
            for (var i = 0; i < line; i++)
            {
                var (first, weights) = _rows[y];
                var sum = 0.0;
                for (var k = 0; k < weights.Length; k++) sum += weights[k] * _between[(first + k) * line + i];
                target[y * line + i] = (byte)Math.Clamp(Math.Round(sum), 0, byte.MaxValue);
            }
    }

    // For every target pixel: the first source pixel under the filter, and the weights from there on; they sum to 1.
    private static (int First, double[] Weights)[] Weights(int source, int target)
    {
        var scale = (double)source / target;
        var radius = Math.Max(scale, 1);
        var all = new (int, double[])[target];
        for (var i = 0; i < target; i++)
        {
            var centre = (i + 0.5) * scale;
            var first = Math.Max(0, (int)Math.Floor(centre - radius));
            var last = Math.Min(source - 1, (int)Math.Ceiling(centre + radius) - 1);
            var weights = Enumerable.Range(first, last - first + 1).Select(pixel => Math.Max(0, 1 - Math.Abs(pixel + 0.5 - centre) / radius)).ToArray();
            var sum = weights.Sum();
            all[i] = (first, [.. weights.Select(weight => weight / sum)]);
        }
        return all;
    }
}
