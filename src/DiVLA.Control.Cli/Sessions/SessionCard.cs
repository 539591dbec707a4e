using System.Globalization;
using DiVLA.Control.Cli.Reasoning;
using DiVLA.Control.Cli.Watch;
using DiVLA.Control.Protocol.V1;
using Spectre.Console;

namespace DiVLA.Control.Cli.Sessions;

/// <summary>A session as lines of name and value: what does not fit into a line goes on in the next one, however narrow the terminal is.</summary>
internal static class SessionCard
{
    private static readonly Style Dim = new(decoration: Decoration.Dim);

    public static Panel Of(SessionInfo session)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        foreach (var (name, value) in Lines(session)) grid.AddRow(new Text(name, Dim), new Text(value));
        return new Panel(grid).Header(Markup.Escape($"{session.RobotId}: {State(session.State, session.Reason)}")).Border(BoxBorder.Rounded).Expand();
    }

    /// <summary>'HOLD (ObservationTooOld)'.</summary>
    public static string State(LadderState state, LadderReason reason) =>
        state.ToString().ToUpperInvariant() + (reason is LadderReason.None or LadderReason.Unspecified ? "" : $" ({reason})");

    /// <summary>'p50 78, p99 167, max 5386 us'.</summary>
    public static string Lateness(LatencyPercentiles? lateness) => lateness is null
        ? "-"
        : string.Create(CultureInfo.InvariantCulture, $"p50 {lateness.P50Us:0}, p99 {lateness.P99Us:0}, max {lateness.MaxUs:0} us");

    private static IEnumerable<(string Name, string Value)> Lines(SessionInfo session)
    {
        yield return ("session", $"{session.SessionId}, {session.Embodiment}, tick {session.Arm?.Tick ?? 0}");
        yield return ("told", session.Instruction);
        yield return ("says", ReasoningCommand.Words(session.Phrase));
        if (session.Pin is { } pin) yield return ("pinned", ReasoningCommand.Words(pin));
        if (session.Arm is { CommandedJointsRad.Count: > 0 } arm) yield return ("joints", WatchWords.Of(arm));
        if (session.Statistics is not { } statistics) yield break;
        yield return ("rates", string.Create(CultureInfo.InvariantCulture, $"{statistics.CommandHz:0.0} commands/s, FRESH {Percent.Of(statistics.Fresh, statistics.TicksDue)}, missed {statistics.Missed}"));
        yield return ("lateness", $"{Lateness(statistics.Lateness)}, {statistics.LateOver1Ms} over 1 ms");
    }
}
