using System.Globalization;
using System.Text.Json;

namespace DiVLA.Control.Datasets.Video;

/// <summary>What a video file holds, by its own account.</summary>
/// <param name="Width">Unit: pixels.</param>
/// <param name="Height">Unit: pixels.</param>
/// <param name="Codec">`av1`, `h264`, ...</param>
/// <param name="PixelFormat">`yuv420p`, ...</param>
/// <param name="Times">Presentation time of every frame, ascending. Unit: s.</param>
internal sealed record VideoProbe(int Width, int Height, string Codec, string PixelFormat, double[] Times)
{
    /// <summary>Asks ffprobe; nothing is decoded.</summary>
    /// <exception cref="FfmpegException">ffprobe is missing, or the file is no video.</exception>
    public static VideoProbe Read(string path)
    {
        var output = Ffmpeg.Run(
            "ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=width,height,codec_name,pix_fmt:packet=pts_time", "-of", "json", path);
        using var document = JsonDocument.Parse(output);
        if (!document.RootElement.TryGetProperty("streams", out var streams) || streams.GetArrayLength() == 0) throw new FfmpegException("there is no video stream in it");
        var times = document.RootElement.GetProperty("packets").EnumerateArray().Select(Time);
        var stream = streams[0];
        return new VideoProbe(
            stream.GetProperty("width").GetInt32(), stream.GetProperty("height").GetInt32(),
            stream.GetProperty("codec_name").GetString()!, stream.GetProperty("pix_fmt").GetString()!, [.. times.Order()]);
    }

    /// <summary>Index of the frame shown at an instant; -1 where none is within the tolerance. Unit: s.</summary>
    public int FrameAt(double seconds, double tolerance)
    {
        var found = Array.BinarySearch(Times, seconds - tolerance);
        var index = found >= 0 ? found : ~found;
        return index < Times.Length && Times[index] <= seconds + tolerance ? index : -1;
    }

    private static double Time(JsonElement packet) => packet.TryGetProperty("pts_time", out var time)
        ? double.Parse(time.GetString()!, CultureInfo.InvariantCulture)
        : throw new FfmpegException("it has a frame without a presentation time");
}
