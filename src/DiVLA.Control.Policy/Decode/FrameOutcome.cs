namespace DiVLA.Control.Policy.Decode;

/// <summary>What became of the frames of an observation.</summary>
public enum FrameOutcome
{
    /// <summary>Every camera has its frame.</summary>
    Ok,

    /// <summary>The policy has no camera of that name.</summary>
    UnknownCamera,

    /// <summary>One of the policy's cameras has no frame.</summary>
    MissingCamera,

    /// <summary>Two frames name the same camera.</summary>
    DuplicateCamera,

    /// <summary>Width or height, as declared or as found in the file, is not the camera's.</summary>
    WrongSize,

    /// <summary>An RGB8 frame has not width * height * 3 bytes.</summary>
    WrongByteCount,

    /// <summary>The encoding is none of ours, or the bytes are not of the encoding that the frame declares.</summary>
    UnsupportedEncoding,

    /// <summary>The bytes are damaged or end early.</summary>
    Undecodable,

    /// <summary>Not captured after the observation before.</summary>
    NotIncreasing,

    /// <summary>Captured too long ago.</summary>
    Stale,
}

/// <summary>What became of the frames of an observation, with what was found and what was expected. Made without allocating.</summary>
/// <param name="Outcome">The first fault, or <see cref="FrameOutcome.Ok"/>.</param>
/// <param name="Camera">Name of the camera that the fault is about; empty where it is about the whole observation.</param>
/// <param name="Found">Bytes, nanoseconds or pixels (width &lt;&lt; 32 | height), according to the outcome.</param>
/// <param name="Expected">In the same unit as <paramref name="Found"/>.</param>
public readonly record struct FrameReport(FrameOutcome Outcome, string Camera = "", long Found = 0, long Expected = 0)
{
    /// <summary>In words, for a log or a refusal. Allocates.</summary>
    public string Describe() => Outcome switch
    {
        FrameOutcome.Ok => "ok",
        FrameOutcome.UnknownCamera => $"camera '{Camera}': the policy has none of that name",
        FrameOutcome.MissingCamera => $"camera '{Camera}': no frame",
        FrameOutcome.DuplicateCamera => $"camera '{Camera}': more than one frame",
        FrameOutcome.WrongSize => $"camera '{Camera}': found {SizeText(Found)} pixels, expected {SizeText(Expected)}",
        FrameOutcome.WrongByteCount => $"camera '{Camera}': found {Found} bytes, expected {Expected}",
        FrameOutcome.UnsupportedEncoding => $"camera '{Camera}': the bytes are not of the encoding that the frame declares",
        FrameOutcome.Undecodable => $"camera '{Camera}': {Found} bytes that cannot be decoded",
        FrameOutcome.NotIncreasing => $"captured at {Found} ns, not after the observation before ({Expected} ns)",
        FrameOutcome.Stale => $"captured {Found} ns ago, allowed are {Expected} ns",
        _ => Outcome.ToString(),
    };

    internal static FrameReport WrongSize(string camera, int width, int height, int expectedWidth, int expectedHeight) =>
        new(FrameOutcome.WrongSize, camera, PackSize(width, height), PackSize(expectedWidth, expectedHeight));

    internal static long PackSize(int width, int height) => ((long)width << 32) | (uint)height;

    private static string SizeText(long packed) => $"{packed >> 32}x{(int)packed}";
}
