using DiVLA.Control.Policy.Decode;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Service.Sessions;

/// <summary>A session that may be opened: everything the robot asked for, checked.</summary>
internal sealed record SessionPlan
{
    public required string RobotId { get; init; }

    public required EmbodimentProfile Profile { get; init; }

    public required string ContractSha256 { get; init; }

    /// <summary>In the policy's order.</summary>
    public required IReadOnlyList<SessionCamera> Cameras { get; init; }

    public required string Instruction { get; init; }

    public required TimeSpan Lease { get; init; }

    public required ulong NoiseSeed { get; init; }

    public required bool Takeover { get; init; }

    public required string ResumeSessionId { get; init; }

    /// <summary>Where the first command starts.</summary>
    public required RobotCommand Start { get; init; }

    public required bool ReportStageTimes { get; init; }

    /// <summary>When the robot's credential ends, and the session with it; null for never.</summary>
    public DateTimeOffset? CredentialExpiresAt { get; init; }
}

/// <summary>A camera of one session.</summary>
/// <param name="Name">As the policy names it.</param>
/// <param name="WidthPx">Unit: pixels.</param>
/// <param name="HeightPx">Unit: pixels.</param>
/// <param name="Encoding">Of all its frames.</param>
/// <param name="MaxBytes">Most bytes that a frame can have.</param>
internal sealed record SessionCamera(string Name, int WidthPx, int HeightPx, FrameEncoding Encoding, int MaxBytes)
{
    /// <summary>Bytes of an RGB8 frame.</summary>
    public int RawBytes => WidthPx * HeightPx * 3;
}
