using System.CommandLine;
using DiVLA.Control.Client;
using DiVLA.Control.Service;
using Grpc.Core;

namespace DiVLA.Control.Cli.Reasoning;

/// <summary>`divla reasoning watch`: every phrase as it comes, until the session ends or Ctrl-C.</summary>
internal static class ReasoningWatchCommand
{
    public static Command Create(Terminal terminal)
    {
        var (session, server, json) = (ReasoningCommand.Session(), new ServerSelection(), SharedOptions.Json());
        var command = new Command("watch", "Every phrase as it comes, until the session ends or Ctrl-C.") { session, json };
        server.AddTo(command);
        command.SetAction((parsed, cancellation) => CommandGuard.RunAsync(
            terminal,
            () => RunAsync(terminal, parsed.GetRequiredValue(session), server.Of(parsed), parsed.GetValue(json), cancellation)));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, string session, ServiceTarget server, bool json, CancellationToken cancellation)
    {
        using var channel = server.Open();
        try
        {
            await foreach (var change in new ReasoningClient(channel).WatchAsync(session, cancellation))
                await terminal.Out.WriteLineAsync(json ? WireJson.Line(change) : $"{change.RobotId}: {ReasoningCommand.Words(change.Phrase)}");
        }
        catch (Exception error) when (cancellation.IsCancellationRequested && error is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
        {
            // Ctrl-C is how a watch ends.
        }
        return ExitCode.Success;
    }
}
