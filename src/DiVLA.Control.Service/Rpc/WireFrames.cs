using DiVLA.Control.Policy.Decode;

namespace DiVLA.Control.Service;

/// <summary>Encodings between message and domain.</summary>
internal static class WireFrames
{
    /// <summary>Null for what is no encoding of ours.</summary>
    public static FrameEncoding? ToDomain(Wire.ImageEncoding encoding) => encoding switch
    {
        Wire.ImageEncoding.Jpeg => FrameEncoding.Jpeg,
        Wire.ImageEncoding.Png => FrameEncoding.Png,
        Wire.ImageEncoding.Rgb8 => FrameEncoding.Rgb8,
        _ => null,
    };
}
