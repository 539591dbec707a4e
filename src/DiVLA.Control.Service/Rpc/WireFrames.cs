using DiVLA.Control.Policy.Decode;

namespace DiVLA.Control.Service;

/// <summary>Encodings between message and domain, and what became of frames.</summary>
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

    /// <summary>Why a frame was refused.</summary>
    public static Wire.ObservationRefusal ToWire(FrameOutcome outcome) => outcome switch
    {
        FrameOutcome.UnknownCamera => Wire.ObservationRefusal.UnknownCamera,
        FrameOutcome.MissingCamera => Wire.ObservationRefusal.MissingCamera,
        FrameOutcome.DuplicateCamera => Wire.ObservationRefusal.CameraTwice,
        FrameOutcome.WrongSize or FrameOutcome.WrongByteCount => Wire.ObservationRefusal.WrongFrameSize,
        FrameOutcome.UnsupportedEncoding => Wire.ObservationRefusal.WrongEncoding,
        FrameOutcome.Undecodable => Wire.ObservationRefusal.UndecodableFrame,
        FrameOutcome.NotIncreasing => Wire.ObservationRefusal.StampBackwards,
        FrameOutcome.Stale => Wire.ObservationRefusal.Stale,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null),
    };
}
