using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Client;

/// <summary>One command for the arm, with what it rests on.</summary>
/// <param name="Tick">Tick of the session's timeline; that of the last action while the client holds by itself.</param>
/// <param name="Due">Instant that the command is for. Robot clock.</param>
/// <param name="ReceivedAt">When it arrived. Robot clock.</param>
/// <param name="Command">Where the arm shall be at that instant.</param>
/// <param name="State">Rung of the ladder.</param>
/// <param name="Reason">Why it is that rung.</param>
/// <param name="ObservationSequence">Observation that it was planned from; 0 where there is none.</param>
/// <param name="PhraseId">Phrase that steered it; 0 where there is none.</param>
/// <param name="PhraseFreshness">Whether that phrase is what the policy says about that observation.</param>
/// <param name="IsLimited">True where the service's limiter changed what the policy asked for.</param>
/// <param name="StageTimes">Where <see cref="RobotControlOptions.ReportStageTimes"/> asked for them.</param>
public readonly record struct RobotAction(
    ulong Tick,
    MonotonicTime Due,
    MonotonicTime ReceivedAt,
    RobotCommand Command,
    LadderState State,
    LadderReason Reason,
    ulong ObservationSequence,
    ulong PhraseId,
    PhraseFreshness PhraseFreshness,
    bool IsLimited,
    StageTimes? StageTimes)
{
    internal static RobotAction From(Protocol.V1.Action message, MonotonicTime receivedAt) => new(
        message.Tick,
        message.DueRobotNs == 0 ? receivedAt : new MonotonicTime(message.DueRobotNs),
        receivedAt,
        new RobotCommand(Joints(message), message.GripperWidthM),
        message.State,
        message.Reason,
        message.ObservationSequence,
        message.PhraseId,
        message.PhraseFreshness,
        message.Limited,
        message.StageTimes);

    private static JointPositions Joints(Protocol.V1.Action message)
    {
        Span<double> joints = stackalloc double[JointValues.Capacity];
        for (var joint = 0; joint < message.JointPositionsRad.Count; joint++) joints[joint] = message.JointPositionsRad[joint];
        return new JointPositions(joints[..message.JointPositionsRad.Count]);
    }
}
