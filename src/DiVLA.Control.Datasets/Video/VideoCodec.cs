using System.Globalization;

namespace DiVLA.Control.Datasets.Video;

/// <summary>How videos are compressed.</summary>
public enum VideoCodec
{
    /// <summary>AV1 by SVT-AV1, the lerobot library's default: small files.</summary>
    Av1,

    /// <summary>H.264 by x264: decoded everywhere.</summary>
    H264,
}

internal static class VideoCodecs
{
    /// <summary>ffmpeg's arguments. A key frame every other frame, so that any frame is quickly reached; no filter over time, which smears whatever moves.</summary>
    public static string[] Arguments(this VideoCodec codec) => codec switch
    {
        VideoCodec.Av1 => ["-c:v", "libsvtav1", "-preset", "10", "-crf", "30", "-g", "2", "-svtav1-params", "enable-tf=0"],
        VideoCodec.H264 => ["-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-g", "2", "-bf", "0"],
        _ => throw new ArgumentOutOfRangeException(nameof(codec)),
    };

    public static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
