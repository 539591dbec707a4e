using SkiaSharp;

namespace DiVLA.Control.Policy.Decode;

/// <summary>Decodes JPEG and PNG files of one size.</summary>
/// <remarks>Allocates a few small objects a frame (Skia's codec and the view of the bytes), no pixels.</remarks>
internal sealed class CompressedFrameDecoder
{
    private const int BytesPerRgba = 4;

    private readonly int _width;
    private readonly int _height;
    private readonly byte[] _rgba;
    private readonly SKImageInfo _target;

    public CompressedFrameDecoder(int width, int height)
    {
        (_width, _height) = (width, height);
        _rgba = GC.AllocateUninitializedArray<byte>(width * height * BytesPerRgba, pinned: true);
        // No colour space: the numbers of the file are passed on as they are, as training saw them.
        _target = new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
    }

    /// <summary>Decodes a file into RGB pixels. The size in the file is checked before any pixel is read.</summary>
    public unsafe FrameReport Decode(in CameraFrame frame, Span<byte> pixels)
    {
        if (FormatOf(frame.Encoding) is not { } format) return new FrameReport(FrameOutcome.UnsupportedEncoding, frame.Camera);
        if (frame.Data.IsEmpty) return new FrameReport(FrameOutcome.Undecodable, frame.Camera);

        using var bytes = frame.Data.Pin();
        using var data = SKData.Create((nint)bytes.Pointer, frame.Data.Length);
        using var codec = SKCodec.Create(data);
        if (codec is null) return new FrameReport(FrameOutcome.Undecodable, frame.Camera, frame.Data.Length);
        if (codec.EncodedFormat != format) return new FrameReport(FrameOutcome.UnsupportedEncoding, frame.Camera);
        if (codec.Info.Width != _width || codec.Info.Height != _height)
            return FrameReport.WrongSize(frame.Camera, codec.Info.Width, codec.Info.Height, _width, _height);

        fixed (byte* rgba = _rgba)
            if (codec.GetPixels(_target, (nint)rgba) != SKCodecResult.Success)
                return new FrameReport(FrameOutcome.Undecodable, frame.Camera, frame.Data.Length);
        DropAlpha(_rgba, pixels);
        return default;
    }

    private static SKEncodedImageFormat? FormatOf(FrameEncoding encoding) => encoding switch
    {
        FrameEncoding.Jpeg => SKEncodedImageFormat.Jpeg,
        FrameEncoding.Png => SKEncodedImageFormat.Png,
        _ => null,
    };

    private static void DropAlpha(ReadOnlySpan<byte> rgba, Span<byte> rgb)
    {
        for (int source = 0, target = 0; target < rgb.Length; source += BytesPerRgba, target += 3)
        {
            rgb[target] = rgba[source];
            rgb[target + 1] = rgba[source + 1];
            rgb[target + 2] = rgba[source + 2];
        }
    }
}
