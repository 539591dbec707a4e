using System.CommandLine;
using DiVLA.Control.Client;
using DiVLA.Control.Service;

namespace DiVLA.Control.Cli.Reasoning;

/// <summary>`divla reasoning get`: the phrase that steers a robot now.</summary>
internal static class ReasoningGetCommand
{
    public static Command Create(Terminal terminal)
    {
        var (session, server, json) = (ReasoningCommand.Session(), new ServerSelection(), SharedOptions.Json());
        var command = new Command("get", "The phrase that steers a robot now.") { session, json };
        server.AddTo(command);
        command.SetAction((parsed, cancellation) => CommandGuard.RunAsync(
            terminal,
            () => RunAsync(terminal, parsed.GetRequiredValue(session), server.Of(parsed), parsed.GetValue(json), cancellation)));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, string session, ServiceTarget server, bool json, CancellationToken cancellation)
    {
        using var channel = server.Open();
        var answer = await new ReasoningClient(channel).GetAsync(session, cancellation);
        await terminal.Out.WriteLineAsync(json ? WireJson.Line(answer) : $"{answer.RobotId}: {ReasoningCommand.Words(answer.Phrase)}");
        return ExitCode.Success;
    }
}
