using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Onnx;

namespace DiVLA.Control.Policy.Decode;

/// <summary>JPEG, PNG or RGB8 frames to uint8 `frames [1, C, height, width, 3]`, in the policy's order of cameras.</summary>
internal sealed class DecodeStage : IDisposable
{
    private const int BytesPerPixel = 3;

    private readonly CameraManifest[] _cameras;
    private readonly int _frameBytes;
    private readonly CompressedFrameDecoder _compressed;
    private readonly bool[] _seen;

    /// <summary>Takes the policy's cameras, all of one size.</summary>
    public DecodeStage(CameraManifest[] cameras)
    {
        _cameras = cameras;
        var (width, height) = (cameras[0].Width, cameras[0].Height);
        _frameBytes = width * height * BytesPerPixel;
        _compressed = new CompressedFrameDecoder(width, height);
        _seen = new bool[cameras.Length];
        Frames = new GraphTensor<byte>(1, cameras.Length, height, width, BytesPerPixel);
    }

    public GraphTensor<byte> Frames { get; }

    /// <summary>Decodes every frame into its place, or says which one is wrong and why.</summary>
    public FrameReport Run(ReadOnlySpan<CameraFrame> frames)
    {
        Array.Clear(_seen);
        foreach (ref readonly var frame in frames)
        {
            var report = DecodeOne(frame);
            if (report.Outcome != FrameOutcome.Ok) return report;
        }
        var missing = Array.IndexOf(_seen, false);
        return missing < 0 ? default : new FrameReport(FrameOutcome.MissingCamera, _cameras[missing].Name);
    }

    /// <inheritdoc/>
    public void Dispose() => Frames.Dispose();

    private FrameReport DecodeOne(in CameraFrame frame)
    {
        var index = IndexOf(frame.Camera);
        if (index < 0) return new FrameReport(FrameOutcome.UnknownCamera, frame.Camera);
        if (_seen[index]) return new FrameReport(FrameOutcome.DuplicateCamera, frame.Camera);
        _seen[index] = true;

        var camera = _cameras[index];
        if (frame.Width != camera.Width || frame.Height != camera.Height)
            return FrameReport.WrongSize(frame.Camera, frame.Width, frame.Height, camera.Width, camera.Height);

        var pixels = Frames.Span.Slice(index * _frameBytes, _frameBytes);
        return frame.Encoding == FrameEncoding.Rgb8 ? CopyRgb8(frame, pixels) : _compressed.Decode(frame, pixels);
    }

    private FrameReport CopyRgb8(in CameraFrame frame, Span<byte> pixels)
    {
        if (frame.Data.Length != _frameBytes)
            return new FrameReport(FrameOutcome.WrongByteCount, frame.Camera, frame.Data.Length, _frameBytes);
        frame.Data.Span.CopyTo(pixels);
        return default;
    }

    private int IndexOf(string name)
    {
        for (var index = 0; index < _cameras.Length; index++)
            if (string.Equals(_cameras[index].Name, name, StringComparison.Ordinal)) return index;
        return -1;
    }
}
