using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.Policy.Decode;

/// <summary>Frames of one camera to the picture that the backbone takes. Does not allocate with RGB8 frames.</summary>
internal sealed class CameraDecoder
{
    private const int BytesPerPixel = 3;

    private readonly CameraManifest _camera;
    private readonly int _frameBytes;
    private readonly CompressedFrameDecoder _compressed;
    private readonly BicubicResize? _resize;
    private readonly byte[] _frame;

    public CameraDecoder(CameraManifest camera)
    {
        _camera = camera;
        _frameBytes = camera.Width * camera.Height * BytesPerPixel;
        _compressed = new CompressedFrameDecoder(camera.Width, camera.Height);
        _resize = camera.IsResized ? new BicubicResize(camera.Width, camera.Height, camera.ResizedWidth, camera.ResizedHeight) : null;
        _frame = _resize is null ? [] : new byte[_frameBytes];
    }

    /// <summary>Decodes a frame into its place, or says what is wrong with it.</summary>
    public FrameReport Decode(in CameraFrame frame, Span<byte> picture)
    {
        if (frame.Width != _camera.Width || frame.Height != _camera.Height)
            return FrameReport.WrongSize(frame.Camera, frame.Width, frame.Height, _camera.Width, _camera.Height);
        if (frame.Encoding == FrameEncoding.Rgb8) return Rgb8(frame, picture);
        if (_resize is null) return _compressed.Decode(frame, picture);

        var report = _compressed.Decode(frame, _frame);
        if (report.Outcome == FrameOutcome.Ok) _resize.Run(_frame, picture);
        return report;
    }

    private FrameReport Rgb8(in CameraFrame frame, Span<byte> picture)
    {
        if (frame.Data.Length != _frameBytes)
            return new FrameReport(FrameOutcome.WrongByteCount, frame.Camera, frame.Data.Length, _frameBytes);
        if (_resize is null) frame.Data.Span.CopyTo(picture);
        else _resize.Run(frame.Data.Span, picture);
        return default;
    }
}
