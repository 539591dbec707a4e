using System.CommandLine;
using System.Globalization;
using DiVLA.Control.Client;
using DiVLA.Control.Protocol.V1;
using Spectre.Console;

namespace DiVLA.Control.Cli.Sessions;

/// <summary>`divla sessions`: which arms are driven, and how well.</summary>
internal static class SessionsCommand
{
    public static Command Create(Terminal terminal)
    {
        var (server, json) = (new ServerSelection(), SharedOptions.Json());
        var command = new Command("sessions", "List the sessions of a running service with their statistics.") { json };
        server.AddTo(command);
        command.SetAction((parsed, cancellation) => CommandGuard.RunAsync(
            terminal, () => RunAsync(terminal, server.Of(parsed), parsed.GetValue(json), cancellation)));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, ServiceTarget server, bool json, CancellationToken cancellation)
    {
        using var channel = server.Open();
        var sessions = await new OperationsClient(channel).ListSessionsAsync(withStatistics: true, cancellation);
        if (json) await terminal.Out.WriteLineAsync(Json.Line(sessions));
        else terminal.Console.Write(Table(sessions));
        return ExitCode.Success;
    }

    private static Table Table(ListSessionsResponse sessions)
    {
        var table = new Table().Title(Markup.Escape(Title(sessions))).Border(TableBorder.Rounded)
            .AddColumns("session", "robot", "state", "instruction", "phrase", "commands/s", "fresh", "late p99 us");
        foreach (var session in sessions.Sessions) table.AddRow([.. Cells(session).Select(cell => new Text(cell))]);
        return table;
    }

    private static string Title(ListSessionsResponse sessions)
    {
        var stopped = sessions.AllStopped ? ", all arms stopped" : sessions.StoppedRobotIds.Count > 0 ? $", stopped: {string.Join(", ", sessions.StoppedRobotIds)}" : "";
        return $"{sessions.Sessions.Count} session(s), bundle {sessions.BundleRevision}{stopped}";
    }

    private static IEnumerable<string> Cells(SessionInfo session)
    {
        var statistics = session.Statistics ?? new SessionStatistics();
        return
        [
            session.SessionId,
            session.RobotId,
            session.Reason == LadderReason.None ? $"{session.State}" : $"{session.State} ({session.Reason})",
            session.Instruction,
            session.Phrase?.Text ?? "",
            statistics.CommandHz.ToString("0.0", CultureInfo.InvariantCulture),
            Percent.Of(statistics.Fresh, statistics.TicksDue),
            (statistics.Lateness?.P99Us ?? 0).ToString("0", CultureInfo.InvariantCulture),
        ];
    }
}
