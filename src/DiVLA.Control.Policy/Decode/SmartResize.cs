namespace DiVLA.Control.Policy.Decode;

/// <summary>The size that Qwen2-VL's image processor gives a picture: sides are multiples of a factor, area within bounds, shape kept.</summary>
/// <param name="Factor">Patch size times merge size. Unit: pixels.</param>
/// <param name="MinPixels">Least area.</param>
/// <param name="MaxPixels">Greatest area.</param>
public readonly record struct SmartResize(int Factor, int MinPixels, int MaxPixels)
{
    /// <summary>Longest side over shortest, at most.</summary>
    public const int MaxAspectRatio = 200;

    /// <summary>The new size. Rounds half to even, as the original does.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The picture is longer than 200 times its width, or has no area.</exception>
    public (int Width, int Height) SizeOf(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Math.Min(width, height), 1, nameof(width));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Math.Max(width, height), MaxAspectRatio * Math.Min(width, height), nameof(width));
        var (w, h) = (Math.Max(Factor, Nearest(width)), Math.Max(Factor, Nearest(height)));
        if ((long)w * h > MaxPixels)
        {
            var shrink = Math.Sqrt((double)height * width / MaxPixels);
            return (Below(width / shrink), Below(height / shrink));
        }
        if ((long)w * h < MinPixels)
        {
            var grow = Math.Sqrt(MinPixels / ((double)height * width));
            return (Above(width * grow), Above(height * grow));
        }
        return (w, h);
    }

    private int Nearest(int side) => (int)Math.Round((double)side / Factor, MidpointRounding.ToEven) * Factor;

    private int Below(double side) => Math.Max(Factor, (int)Math.Floor(side / Factor) * Factor);

    private int Above(double side) => (int)Math.Ceiling(side / Factor) * Factor;
}
