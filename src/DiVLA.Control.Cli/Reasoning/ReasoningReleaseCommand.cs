using System.CommandLine;
using DiVLA.Control.Client;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Service;

namespace DiVLA.Control.Cli.Reasoning;

/// <summary>`divla reasoning release`: lets the policy speak for itself again.</summary>
internal static class ReasoningReleaseCommand
{
    public static Command Create(Terminal terminal)
    {
        var (session, who, why) = (ReasoningCommand.Session(), SharedOptions.Who(), SharedOptions.Why());
        var (server, json) = (new ServerSelection(), SharedOptions.Json());
        var command = new Command("release", "Let the policy speak for itself again: the instruction rules from the next phrase on.") { session, who, why, json };
        server.AddTo(command);
        command.SetAction((parsed, cancellation) => CommandGuard.RunAsync(terminal, async () =>
        {
            using var channel = server.Of(parsed).Open();
            var request = new ReasoningReleaseRequest
            {
                Session = parsed.GetRequiredValue(session),
                Who = parsed.GetRequiredValue(who),
                Why = parsed.GetRequiredValue(why),
            };
            var answer = await new ReasoningClient(channel).ReleaseAsync(request, cancellation);
            await terminal.Out.WriteLineAsync(
                parsed.GetValue(json) ? WireJson.Line(answer) : $"{answer.RobotId}: released {ReasoningCommand.Words(answer.Released)}");
            return ExitCode.Success;
        }));
        return command;
    }
}
