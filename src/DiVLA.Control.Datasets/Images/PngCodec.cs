using SkiaSharp;

namespace DiVLA.Control.Datasets.Images;

/// <summary>RGB8 pictures to PNG files, and encoded pictures of any kind back to RGB8.</summary>
internal static class PngCodec
{
    private const int Rgb = 3;
    private const int Rgba = 4;

    /// <summary>A PNG file. Lossless.</summary>
    public static unsafe byte[] Encode(ReadOnlySpan<byte> rgb, int width, int height)
    {
        var rgba = new byte[width * height * Rgba];
        for (var pixel = 0; pixel < width * height; pixel++)
        {
            rgb.Slice(pixel * Rgb, Rgb).CopyTo(rgba.AsSpan(pixel * Rgba));
            rgba[pixel * Rgba + Rgb] = byte.MaxValue;
        }
        fixed (byte* pixels = rgba)
        {
            using var pixmap = new SKPixmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque), (nint)pixels);
            using var data = pixmap.Encode(new SKPngEncoderOptions(SKPngEncoderFilterFlags.AllFilters, 6))
                ?? throw new InvalidOperationException($"A picture of {width} x {height} pixels could not be encoded.");
            return data.ToArray();
        }
    }

    /// <summary>The picture in a PNG or JPEG file, or null where it is damaged.</summary>
    public static unsafe RgbPicture? TryDecode(ReadOnlySpan<byte> file)
    {
        using var data = SKData.CreateCopy(file);
        using var codec = SKCodec.Create(data);
        if (codec is null) return null;
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        var rgba = new byte[info.BytesSize];
        fixed (byte* pixels = rgba)
            if (codec.GetPixels(info, (nint)pixels) != SKCodecResult.Success) return null;
        var rgb = new byte[info.Width * info.Height * Rgb];
        for (var pixel = 0; pixel < info.Width * info.Height; pixel++) rgba.AsSpan(pixel * Rgba, Rgb).CopyTo(rgb.AsSpan(pixel * Rgb));
        return new RgbPicture(info.Width, info.Height, rgb);
    }
}

/// <summary>A picture, RGB8 row by row.</summary>
/// <param name="Width">Unit: pixels.</param>
/// <param name="Height">Unit: pixels.</param>
/// <param name="Rgb">`[H, W, 3]`.</param>
public sealed record RgbPicture(int Width, int Height, byte[] Rgb);
