using System.CommandLine;
using DiVLA.Control.Client;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Service;

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
        if (json)
        {
            await terminal.Out.WriteLineAsync(WireJson.Line(sessions));
            return ExitCode.Success;
        }
        await terminal.Out.WriteLineAsync(Title(sessions));
        foreach (var session in sessions.Sessions) terminal.Console.Write(SessionCard.Of(session));
        return ExitCode.Success;
    }

    private static string Title(ListSessionsResponse sessions)
    {
        var stopped = sessions.AllStopped ? ", all arms stopped" : sessions.StoppedRobotIds.Count > 0 ? $", stopped: {string.Join(", ", sessions.StoppedRobotIds)}" : "";
        return $"{sessions.Sessions.Count} session(s), bundle {sessions.BundleRevision}{stopped}";
    }
}
