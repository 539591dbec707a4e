using SkiaSharp;

namespace DiVLA.Control.Cli.Frames;

/// <summary>A picture that camera frames are pasted into, and that becomes a PNG file.</summary>
internal sealed class Picture(int width, int height)
{
    private const byte Opaque = 255;

    private readonly byte[] _rgba = new byte[width * height * 4];

    /// <summary>Pastes a square RGB8 frame with every pixel <paramref name="scale"/> times as large. Unit of places: pixels.</summary>
    public void Paste(ReadOnlySpan<byte> frame, int left, int top, int scale)
    {
        var size = (int)Math.Sqrt(frame.Length / 3);
        for (var y = 0; y < size * scale; y++)
            for (var x = 0; x < size * scale; x++)
            {
                var source = (y / scale * size + x / scale) * 3;
                var target = ((top + y) * width + left + x) * 4;
                frame.Slice(source, 3).CopyTo(_rgba.AsSpan(target, 3));
                _rgba[target + 3] = Opaque;
            }
    }

    /// <summary>Writes a PNG file. Places that nothing was pasted to stay transparent.</summary>
    public unsafe void Save(string path)
    {
        fixed (byte* pixels = _rgba)
        {
            using var pixmap = new SKPixmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul), (nint)pixels);
            using var data = pixmap.Encode(SKEncodedImageFormat.Png, 100) ?? throw new IOException($"No PNG could be made for '{path}'.");
            using var file = File.Create(path);
            data.SaveTo(file);
        }
    }
}
