namespace DiVLA.Control.Datasets.Tests.Support;

/// <summary>Pictures that differ from row to row and survive a codec.</summary>
internal static class Scenes
{
    /// <summary>A slope of grey with a square that moves along, `[H, W, 3]`.</summary>
    public static byte[] Draw(int row, int width, int height)
    {
        var rgb = new byte[width * height * 3];
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
            {
                var isSquare = x / 8 == row % (width / 8) && y / 8 == 2;
                var at = (y * width + x) * 3;
                (rgb[at], rgb[at + 1], rgb[at + 2]) = isSquare ? ((byte)220, (byte)40, (byte)30) : ((byte)(60 + x), (byte)(60 + y), (byte)120);
            }
        return rgb;
    }

    /// <summary>Root mean square difference of two pictures.</summary>
    public static double Difference(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
        return Math.Sqrt(sum / a.Length);
    }
}
