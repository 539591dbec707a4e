using Google.Protobuf;
using SkiaSharp;

namespace DiVLA.Control.Service.Live;

/// <summary>Small pictures of what a session's cameras saw, made when somebody looks, and once for all who look at the same observation. Any thread.</summary>
internal sealed class Thumbnails
{
    /// <summary>Longer edge of a thumbnail. Unit: pixels.</summary>
    public const int LongerEdge = 160;

    private const int Quality = 75;
    private static readonly SKSamplingOptions Sampling = new(SKFilterMode.Linear, SKMipmapMode.Linear);
    private readonly Lock _gate = new();
    private ulong _sequence;
    private IReadOnlyList<Wire.Picture> _pictures = [];

    /// <summary>One for each camera whose frame can be read.</summary>
    public IReadOnlyList<Wire.Picture> Of(Wire.Observation observation)
    {
        lock (_gate)
        {
            if (observation.Sequence == _sequence) return _pictures;
            _pictures = [.. observation.Frames.Select(frame => Shrink(frame, observation.Sequence)).OfType<Wire.Picture>()];
            _sequence = observation.Sequence;
            return _pictures;
        }
    }

    private static Wire.Picture? Shrink(Wire.CameraFrame frame, ulong sequence)
    {
        using var pixels = frame.Encoding == Wire.ImageEncoding.Rgb8 ? FromRgb8(frame) : Decode(frame);
        if (pixels is null) return null;
        var scale = Math.Min(1.0, (double)LongerEdge / Math.Max(pixels.Width, pixels.Height));
        var (width, height) = (Math.Max(1, (int)Math.Round(pixels.Width * scale)), Math.Max(1, (int)Math.Round(pixels.Height * scale)));
        using var small = pixels.Resize(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque), Sampling);
        using var jpeg = small.Encode(SKEncodedImageFormat.Jpeg, Quality);
        return new Wire.Picture
        {
            Camera = frame.Camera,
            ObservationSequence = sequence,
            WidthPx = (uint)width,
            HeightPx = (uint)height,
            Jpeg = ByteString.CopyFrom(jpeg.AsSpan()),
        };
    }

    private static SKBitmap FromRgb8(Wire.CameraFrame frame)
    {
        var bitmap = new SKBitmap(new SKImageInfo((int)frame.WidthPx, (int)frame.HeightPx, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var from = frame.Data.Span;
        var to = bitmap.GetPixelSpan();
        for (int read = 0, write = 0; read < from.Length; read += 3, write += 4)
        {
            from.Slice(read, 3).CopyTo(to[write..]);
            to[write + 3] = byte.MaxValue;
        }
        return bitmap;
    }

    // The frame says how large its picture is, and was admitted for that: one that holds another size is not unpacked.
    private static SKBitmap? Decode(Wire.CameraFrame frame)
    {
        using var data = SKData.CreateCopy(frame.Data.Span);
        using var codec = SKCodec.Create(data);
        return codec is not null && codec.Info.Width == frame.WidthPx && codec.Info.Height == frame.HeightPx ? SKBitmap.Decode(codec) : null;
    }
}
