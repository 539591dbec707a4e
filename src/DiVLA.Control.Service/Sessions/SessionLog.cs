using DiVLA.Control.Policy;
using DiVLA.Control.Policy.Reasoning;
using DiVLA.Control.RealTime;

namespace DiVLA.Control.Service.Sessions;

/// <summary>The log lines of one session: one for each refusal, hold and stop, with stage and reason. What repeats is said once a second, with its count.</summary>
internal sealed class SessionLog(ILogger logger, string session, string robot, TimeProvider clock)
{
    private const int MaxTextLength = 256;
    private readonly RepeatedLines _repeated = new(clock);

    public void Opened(SessionPlan plan, string bundle) =>
        SessionLines.Opened(logger, session, robot, plan.Profile.Name, bundle, plan.Instruction);

    public void Closed(Wire.SessionEnd end, Wire.SessionStatistics statistics) => SessionLines.Closed(
        logger, session, robot, end, statistics.Seconds, statistics.TicksDue, statistics.CommandsSent, statistics.Missed, statistics.LateOver1Ms);

    public void RealTime(RealTimeReport report)
    {
        foreach (var denied in report.Denied) SessionLines.RealTimeDenied(logger, session, denied.ToString());
    }

    public void Ladder(in TickCommand command)
    {
        if (!_repeated.ShouldSay((nameof(Ladder), command.State, command.Reason), out var repeats)) return;
        if (command.State is LadderState.Hold or LadderState.Stopped)
            SessionLines.Holds(logger, session, robot, command.State, command.Reason, command.TickIndex, repeats);
        else
            SessionLines.Follows(logger, session, robot, command.TickIndex, repeats);
    }

    public void PolicyFault(in PolicyFault fault, ulong observation)
    {
        if (fault.Outcome == PolicyOutcome.AwaitingPhrase) return;
        if (!_repeated.ShouldSay((nameof(PolicyFault), fault.Outcome, fault.Stage), out var repeats)) return;
        SessionLines.PolicyFault(logger, fault.Error, session, robot, fault.Stage, fault.Describe(), observation, repeats);
    }

    public void ObservationRefused(ulong sequence, in ObservationVerdict verdict)
    {
        if (!_repeated.ShouldSay((nameof(ObservationRefused), verdict.Refusal), out var repeats)) return;
        SessionLines.ObservationRefused(logger, session, robot, verdict.Refusal, sequence, verdict.Describe(), repeats);
    }

    public void InstructionChanged(string instruction) => SessionLines.InstructionChanged(logger, session, robot, instruction);

    public void InstructionRefused(string detail)
    {
        if (_repeated.ShouldSay(nameof(InstructionRefused), out var repeats)) SessionLines.InstructionRefused(logger, session, robot, detail, repeats);
    }

    public void Pin(PinRequest request, PinCheck check)
    {
        var (phrase, target, bin) = (Printable.Line(request.Phrase, MaxTextLength), Printable.Line(request.Object, MaxTextLength), Printable.Line(request.Bin, MaxTextLength));
        if (check.Pin is { } pin) SessionLines.Pinned(logger, session, robot, phrase, target, bin, pin.Object, request.Who, request.Why);
        else SessionLines.PinRefused(logger, session, robot, phrase, target, bin, check.Outcome, request.Who);
    }

    public void Released(string who, string why) =>
        SessionLines.Released(logger, session, robot, Printable.Line(who, MaxTextLength), Printable.Line(why, MaxTextLength));

    public void StopRequested(string reason) => SessionLines.StopRequested(logger, session, robot, reason);

    public void ProtocolViolation(string detail) => SessionLines.ProtocolViolation(logger, session, robot, detail);

    public void ConnectionLost(string detail) => SessionLines.ConnectionLost(logger, session, robot, detail);

    public void Fault(string thread, Exception fault) => SessionLines.Fault(logger, fault, session, robot, thread);
}

/// <summary>Level, event and text of every line.</summary>
internal static partial class SessionLines
{
    [LoggerMessage(100, LogLevel.Information, "Session {Session}: robot {Robot} opened as {Embodiment} under bundle {Bundle}: '{Instruction}'")]
    public static partial void Opened(ILogger logger, string session, string robot, string embodiment, string bundle, string instruction);

    [LoggerMessage(101, LogLevel.Information,
        "Session {Session}: robot {Robot} closed, {End}, after {Seconds:F1} s: {TicksDue} ticks due, {Sent} commands sent, {Missed} missed, {Late} late by over 1 ms")]
    public static partial void Closed(
        ILogger logger, string session, string robot, Wire.SessionEnd end, double seconds, ulong ticksDue, ulong sent, ulong missed, ulong late);

    [LoggerMessage(102, LogLevel.Warning, "Session {Session}: loop runs without {Measure}")]
    public static partial void RealTimeDenied(ILogger logger, string session, string measure);

    [LoggerMessage(103, LogLevel.Warning, "Session {Session}: robot {Robot} in {State}, {Reason}, from tick {Tick} ({Repeats} more since the last line)")]
    public static partial void Holds(ILogger logger, string session, string robot, LadderState state, LadderReason reason, long tick, long repeats);

    [LoggerMessage(104, LogLevel.Information, "Session {Session}: robot {Robot} follows the policy from tick {Tick} ({Repeats} more since the last line)")]
    public static partial void Follows(ILogger logger, string session, string robot, long tick, long repeats);

    [LoggerMessage(105, LogLevel.Warning,
        "Session {Session}: robot {Robot}, no trajectory from observation {Observation}, stage {Stage}: {Detail} ({Repeats} more since the last line)")]
    public static partial void PolicyFault(
        ILogger logger, Exception? error, string session, string robot, PolicyStage stage, string detail, ulong observation, long repeats);

    [LoggerMessage(106, LogLevel.Warning,
        "Session {Session}: robot {Robot}, observation {Sequence} refused, {Refusal}: {Detail} ({Repeats} more since the last line)")]
    public static partial void ObservationRefused(
        ILogger logger, string session, string robot, Wire.ObservationRefusal refusal, ulong sequence, string detail, long repeats);

    [LoggerMessage(107, LogLevel.Information, "Session {Session}: robot {Robot} is told '{Instruction}'")]
    public static partial void InstructionChanged(ILogger logger, string session, string robot, string instruction);

    [LoggerMessage(108, LogLevel.Warning, "Session {Session}: robot {Robot}, instruction refused: {Detail} ({Repeats} more since the last line)")]
    public static partial void InstructionRefused(ILogger logger, string session, string robot, string detail, long repeats);

    [LoggerMessage(109, LogLevel.Warning, "Session {Session}: robot {Robot} broke the protocol: {Detail}")]
    public static partial void ProtocolViolation(ILogger logger, string session, string robot, string detail);

    [LoggerMessage(110, LogLevel.Error, "Session {Session}: robot {Robot}, the {Thread} thread failed")]
    public static partial void Fault(ILogger logger, Exception fault, string session, string robot, string thread);

    [LoggerMessage(111, LogLevel.Warning, "Session {Session}: connection to robot {Robot} lost: {Detail}")]
    public static partial void ConnectionLost(ILogger logger, string session, string robot, string detail);

    [LoggerMessage(116, LogLevel.Information, "Session {Session}: robot {Robot} asks to end: '{Reason}'")]
    public static partial void StopRequested(ILogger logger, string session, string robot, string reason);

    [LoggerMessage(117, LogLevel.Information,
        "Session {Session}: robot {Robot}, pinned phrase '{Phrase}', object '{Target}', bin '{Bin}' ({Seen}) by {Who}: '{Why}'")]
    public static partial void Pinned(
        ILogger logger, string session, string robot, string phrase, string target, string bin, PinnedObject seen, string who, string why);

    [LoggerMessage(118, LogLevel.Warning, "Session {Session}: robot {Robot}, not pinned, {Refusal}: phrase '{Phrase}', object '{Target}', bin '{Bin}', asked for by {Who}")]
    public static partial void PinRefused(
        ILogger logger, string session, string robot, string phrase, string target, string bin, PinOutcome refusal, string who);

    [LoggerMessage(119, LogLevel.Information, "Session {Session}: robot {Robot}, pin released by {Who}: '{Why}'")]
    public static partial void Released(ILogger logger, string session, string robot, string who, string why);

    [LoggerMessage(112, LogLevel.Warning, "Robot {Robot} refused, {Refusal}: {Detail}")]
    public static partial void SessionRefused(ILogger logger, string robot, Wire.SessionRefusal refusal, string detail);

    [LoggerMessage(113, LogLevel.Warning, "Emergency stop of {Arms}: {Reason}")]
    public static partial void EmergencyStop(ILogger logger, string arms, string reason);

    [LoggerMessage(114, LogLevel.Warning, "Reset of {Arms}")]
    public static partial void Reset(ILogger logger, string arms);

    [LoggerMessage(115, LogLevel.Error, "Call to {Method} failed; the caller was told error id {ErrorId}")]
    public static partial void CallFailed(ILogger logger, Exception error, string method, string errorId);
}
