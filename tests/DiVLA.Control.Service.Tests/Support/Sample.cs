using DiVLA.Control.Policy.Decode;
using DiVLA.Control.RealTime;
using DiVLA.Control.Robot;
using DiVLA.Control.Service.Sessions;
using DiVLA.Control.Simulator.Arm;
using Google.Protobuf;

namespace DiVLA.Control.Service.Tests;

/// <summary>Plans, observations and commands as a healthy session has them; tests spoil one thing each.</summary>
internal static class Sample
{
    public const int FrameBytes = 4 * 2 * 3;

    public static EmbodimentProfile Profile { get; } = ArmProfiles.Panda;

    public static SessionPlan Plan() => new()
    {
        RobotId = "robot-1",
        Profile = Profile,
        ContractSha256 = "",
        Cameras = [new SessionCamera("front", 4, 2, FrameEncoding.Rgb8, FrameBytes), new SessionCamera("wrist", 4, 2, FrameEncoding.Jpeg, 100)],
        Instruction = "put the red cube in the left bin",
        Lease = TimeSpan.FromMilliseconds(500),
        NoiseSeed = 1,
        Takeover = false,
        ResumeSessionId = "",
        Start = new RobotCommand(new JointPositions(ArmProfiles.Panda.RestRad), 0.08),
        ReportStageTimes = true,
    };

    public static Wire.Observation Observation(ulong sequence = 1, long capturedNs = 1000)
    {
        var observation = new Wire.Observation { Sequence = sequence, CapturedNs = capturedNs, SentNs = capturedNs + 10, State = State() };
        observation.Frames.Add(Frame("front", Wire.ImageEncoding.Rgb8, FrameBytes));
        observation.Frames.Add(Frame("wrist", Wire.ImageEncoding.Jpeg, 70));
        return observation;
    }

    public static Wire.CameraFrame Frame(string camera, Wire.ImageEncoding encoding, int bytes, byte value = 7) => new()
    {
        Camera = camera,
        Encoding = encoding,
        WidthPx = 4,
        HeightPx = 2,
        Data = ByteString.CopyFrom([.. Enumerable.Repeat(value, bytes)]),
    };

    public static Wire.ArmState State() => State(Profile);

    /// <summary>An arm at rest.</summary>
    public static Wire.ArmState State(EmbodimentProfile arm)
    {
        var state = new Wire.ArmState { GripperWidthM = 0.08 };
        state.JointPositionsRad.AddRange(arm.RestRad);
        state.CommandedJointsRad.AddRange(arm.RestRad);
        state.JointVelocitiesRadPerS.AddRange(new double[arm.JointCount]);
        return state;
    }

    public static TickCommand Command(long tick, LadderState state = LadderState.Fresh, LadderReason reason = LadderReason.None, double joint = 0) => new()
    {
        TickIndex = tick,
        Due = new MonotonicTime(tick * 12_195_122),
        Command = new RobotCommand(new JointPositions([joint, 0]), 0.08),
        State = state,
        Reason = reason,
        PhraseState = PhraseState.Verified,
    };
}
