using System.Diagnostics;

namespace DiVLA.Control.Datasets.Video;

/// <summary>Every frame of a video file in the order of presentation, as RGB8.</summary>
internal sealed class VideoDecoder : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly byte[] _frame;

    /// <summary>Starts decoding.</summary>
    /// <exception cref="FfmpegException">ffmpeg is not installed.</exception>
    public VideoDecoder(string path, int width, int height)
    {
        // Passed through: no frame is left out or shown twice to keep a rate.
        _process = Ffmpeg.Start("ffmpeg", ["-v", "error", "-i", path, "-map", "0:v:0", "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"]);
        _errors = _process.StandardError.ReadToEndAsync();
        _frame = new byte[width * height * 3];
    }

    /// <summary>The next frame, `[H, W, 3]`, valid until the next call; null after the last one.</summary>
    /// <exception cref="FfmpegException">The file is damaged.</exception>
    public byte[]? Next()
    {
        var length = _process.StandardOutput.BaseStream.ReadAtLeast(_frame, _frame.Length, throwOnEndOfStream: false);
        if (length == _frame.Length) return _frame;
        _process.WaitForExit();
        Ffmpeg.ThrowIfFailed(_process, "ffmpeg", _errors.GetAwaiter().GetResult());
        return null;
    }

    /// <summary>Ends decoding wherever it is.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }
        _process.Dispose();
    }
}
