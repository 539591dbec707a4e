using System.Diagnostics;

namespace DiVLA.Control.Datasets.Video;

/// <summary>Turns pictures into an MP4 file while they come, one frame every 1/fps s.</summary>
internal sealed class VideoEncoder : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    /// <param name="path">File to write.</param>
    /// <param name="codec">How.</param>
    /// <param name="width">Even. Unit: pixels.</param>
    /// <param name="height">Even. Unit: pixels.</param>
    /// <param name="fps">Frames a second.</param>
    /// <exception cref="FfmpegException">ffmpeg is not installed.</exception>
    public VideoEncoder(string path, VideoCodec codec, int width, int height, int fps)
    {
        string[] input = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", $"{width}x{height}", "-r", VideoCodecs.Number(fps), "-i", "pipe:0"];
        string[] output = ["-pix_fmt", "yuv420p", "-an", "-y", path];
        _process = Ffmpeg.Start("ffmpeg", ["-v", "error", "-nostats", .. input, .. codec.Arguments(), .. output], writesInput: true);
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>Adds a frame, `[H, W, 3]`.</summary>
    /// <exception cref="FfmpegException">ffmpeg gave up; the message has its words.</exception>
    public void Add(ReadOnlySpan<byte> rgb)
    {
        try
        {
            _process.StandardInput.BaseStream.Write(rgb);
        }
        catch (IOException)
        {
            Finish();
        }
    }

    /// <summary>Ends the file.</summary>
    /// <exception cref="FfmpegException">ffmpeg failed.</exception>
    public void Finish()
    {
        Close();
        _process.WaitForExit();
        Ffmpeg.ThrowIfFailed(_process, "ffmpeg", _errors.GetAwaiter().GetResult());
    }

    /// <summary>Ends ffmpeg, whatever state the file is in.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }
        _process.Dispose();
    }

    // The pipe breaks where ffmpeg is gone already; its exit code tells why.
    private void Close()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException) when (_process.WaitForExit(TimeSpan.FromSeconds(5)))
        {
            return;
        }
    }
}
