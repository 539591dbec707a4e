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

    public void Closed(Wire.SessionEnd end, Wire.SessionStatistics statistics)
    {
        SessionLines.Closed(
            logger, session, robot, end, statistics.Seconds, statistics.TicksDue, statistics.CommandsSent, statistics.Missed, statistics.LateOver1Ms);
        if (statistics.TicksDue != statistics.CommandsSent + statistics.Missed)
            SessionLines.Unaccounted(logger, session, robot, statistics.TicksDue, statistics.CommandsSent, statistics.Missed);
    }

    public void RealTime(string thread, RealTimeReport report)
    {
        foreach (var denied in report.Denied) SessionLines.RealTimeDenied(logger, session, thread, denied.ToString());
    }

    public void Ladder(in TickCommand command)
    {
        if (!_repeated.ShouldSay((nameof(Ladder), command.State, command.Reason), out var repeats)) return;
        if (command.Reason.IsEndOfSession())
            SessionLines.ComesToRest(logger, session, robot, command.Reason, command.TickIndex);
        else if (command.State is LadderState.Hold or LadderState.Stopped)
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

    /// <param name="joint">Its name, or the gripper's.</param>
    /// <param name="largest">The largest change since the last line.</param>
    /// <param name="count">Changes since then.</param>
    public void Intervened(string joint, in LimiterIntervention largest, int count) =>
        SessionLines.Intervened(logger, session, robot, joint, largest.Rules, largest.Before, largest.After, largest.TickIndex, count);

    public void FlightWritten(string occasion, string path) => SessionLines.FlightWritten(logger, session, robot, occasion, path);

    public void FlightNotWritten(string path, Exception error) => SessionLines.FlightNotWritten(logger, error, session, robot, path);

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

    [LoggerMessage(117, LogLevel.Error,
        "Session {Session}: robot {Robot}, ticks do not add up: {TicksDue} due, but {Sent} sent and {Missed} missed; a thread lost a command without counting it")]
    public static partial void Unaccounted(ILogger logger, string session, string robot, ulong ticksDue, ulong sent, ulong missed);

    [LoggerMessage(118, LogLevel.Information,
        "Session {Session}: robot {Robot}, {Joint} limited by {Rules}: {Before} wanted, {After} commanded at tick {Tick}, the largest of {Count} changes")]
    public static partial void Intervened(
        ILogger logger, string session, string robot, string joint, LimiterRules rules, double before, double after, long tick, int count);

    [LoggerMessage(119, LogLevel.Warning, "Session {Session}: robot {Robot}, {Occasion}: the last ticks are in {Path}")]
    public static partial void FlightWritten(ILogger logger, string session, string robot, string occasion, string path);

    [LoggerMessage(120, LogLevel.Error, "Session {Session}: robot {Robot}, the last ticks could not be written to {Path}")]
    public static partial void FlightNotWritten(ILogger logger, Exception error, string session, string robot, string path);

    [LoggerMessage(102, LogLevel.Warning, "Session {Session}: the {Thread} thread runs without {Measure}")]
    public static partial void RealTimeDenied(ILogger logger, string session, string thread, string measure);

    [LoggerMessage(103, LogLevel.Warning, "Session {Session}: robot {Robot} in {State}, {Reason}, from tick {Tick} ({Repeats} more since the last line)")]
    public static partial void Holds(ILogger logger, string session, string robot, LadderState state, LadderReason reason, long tick, long repeats);

    [LoggerMessage(121, LogLevel.Information, "Session {Session}: robot {Robot} is brought to rest from tick {Tick}, {Reason}")]
    public static partial void ComesToRest(ILogger logger, string session, string robot, LadderReason reason, long tick);

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

    [LoggerMessage(122, LogLevel.Information,
        "Session {Session}: robot {Robot}, pinned phrase '{Phrase}', object '{Target}', bin '{Bin}' ({Seen}) by {Who}: '{Why}'")]
    public static partial void Pinned(
        ILogger logger, string session, string robot, string phrase, string target, string bin, PinnedObject seen, string who, string why);

    [LoggerMessage(123, LogLevel.Warning, "Session {Session}: robot {Robot}, not pinned, {Refusal}: phrase '{Phrase}', object '{Target}', bin '{Bin}', asked for by {Who}")]
    public static partial void PinRefused(
        ILogger logger, string session, string robot, string phrase, string target, string bin, PinOutcome refusal, string who);

    [LoggerMessage(124, LogLevel.Information, "Session {Session}: robot {Robot}, pin released by {Who}: '{Why}'")]
    public static partial void Released(ILogger logger, string session, string robot, string who, string why);

    [LoggerMessage(112, LogLevel.Warning, "Robot {Robot} refused, {Refusal}: {Detail}")]
    public static partial void SessionRefused(ILogger logger, string robot, Wire.SessionRefusal refusal, string detail);

    [LoggerMessage(115, LogLevel.Error, "Call to {Method} failed; the caller was told error id {ErrorId}")]
    public static partial void CallFailed(ILogger logger, Exception error, string method, string errorId);
}
