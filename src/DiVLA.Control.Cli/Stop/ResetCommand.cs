using System.CommandLine;
using DiVLA.Control.Client;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Service;

namespace DiVLA.Control.Cli.Stop;

/// <summary>`divla reset`: lets stopped robots move again.</summary>
internal static class ResetCommand
{
    public static Command Create(Terminal terminal)
    {
        var arms = new ArmSelection();
        var (who, why) = (SharedOptions.Who(), SharedOptions.Why());
        var (server, json) = (new ServerSelection(), SharedOptions.Json());
        var command = new Command("reset", "Let robots move again that 'divla stop' stopped.") { who, why, json };
        arms.AddTo(command);
        server.AddTo(command);
        command.SetAction((parsed, cancellation) => CommandGuard.RunAsync(terminal, async () =>
        {
            using var channel = server.Of(parsed).Open();
            var request = new ResetRequest { Arms = arms.Of(parsed), Who = parsed.GetRequiredValue(who), Why = parsed.GetRequiredValue(why) };
            var reset = await new OperationsClient(channel).ResetAsync(request, cancellation);
            await terminal.Out.WriteLineAsync(parsed.GetValue(json) ? WireJson.Line(reset) : Words(reset));
            return reset.Held.Count == 0 ? ExitCode.Success : ExitCode.Failed;
        }));
        return command;
    }

    private static string Words(ResetResponse reset) => string.Join(Environment.NewLine, reset.Held.Select(Words).Prepend(
        reset.RobotIds.Count == 0 ? "May move again: all robots. None is connected." : $"May move again: {string.Join(", ", reset.RobotIds)}"));

    private static string Words(HeldArm arm) =>
        arm.Reason == LadderReason.None ? $"{arm.RobotId}: no command has left since; it may move with the next one" : $"{arm.RobotId}: stopped again: {arm.Reason}";
}
