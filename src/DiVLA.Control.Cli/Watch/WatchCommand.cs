using System.CommandLine;
using DiVLA.Control.Cli.Reasoning;
using DiVLA.Control.Client;
using DiVLA.Control.Protocol.V1;
using Grpc.Core;

namespace DiVLA.Control.Cli.Watch;

/// <summary>`divla watch`: what arms do, as they do it, until the session ends or Ctrl-C.</summary>
internal static class WatchCommand
{
    public static Command Create(Terminal terminal)
    {
        var session = ReasoningCommand.Session();
        session.Description = "A session id or a robot id. Default: all sessions, also those that open later.";
        var (server, json) = (new ServerSelection(), SharedOptions.Json());
        var command = new Command("watch", "Watch robots live: ladder, phrase, lateness and joints, until the session ends or Ctrl-C.") { session, json };
        server.AddTo(command);
        command.SetAction((parsed, cancellation) => CommandGuard.RunAsync(terminal, () =>
        {
            IWatchView view = parsed.GetValue(json) ? new WatchJson(terminal.Out) : terminal.IsInteractive ? new WatchLive(terminal.Console) : new WatchLines(terminal.Out);
            return RunAsync(view, server.Of(parsed), parsed.GetRequiredValue(session), cancellation);
        }));
        return command;
    }

    private static async Task<int> RunAsync(IWatchView view, ServiceTarget server, string session, CancellationToken cancellation)
    {
        using var channel = server.Open();
        try
        {
            await view.FollowAsync(new OperationsClient(channel).WatchAsync(new WatchRequest { Session = session, PeriodMs = view.PeriodMs }, cancellation));
        }
        catch (Exception error) when (cancellation.IsCancellationRequested && error is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
        {
            // Ctrl-C is how a watch ends.
        }
        return ExitCode.Success;
    }
}
