namespace DiVLA.Control.Datasets.Recording;

/// <summary>How pictures are kept.</summary>
public enum CameraStorage
{
    /// <summary>In the tables, as PNG files: nothing is lost and nothing else is needed. For small pictures.</summary>
    Images,

    /// <summary>AV1 videos by the system's ffmpeg, the lerobot library's default.</summary>
    Av1,

    /// <summary>H.264 videos by the system's ffmpeg.</summary>
    H264,
}
