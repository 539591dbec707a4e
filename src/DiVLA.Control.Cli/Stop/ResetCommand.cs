using System.CommandLine;
using DiVLA.Control.Client;

namespace DiVLA.Control.Cli.Stop;

/// <summary>`divla reset`: lets stopped robots move again.</summary>
internal static class ResetCommand
{
    public static Command Create(Terminal terminal)
    {
        var arms = new ArmSelection();
        var (server, json) = (new ServerSelection(), SharedOptions.Json());
        var command = new Command("reset", "Let robots move again that 'divla stop' stopped.") { json };
        arms.AddTo(command);
        server.AddTo(command);
        command.SetAction((parsed, cancellation) => CommandGuard.RunAsync(terminal, async () =>
        {
            using var channel = server.Of(parsed).Open();
            var reset = await new OperationsClient(channel).ResetAsync(arms.Of(parsed), cancellation);
            await terminal.Out.WriteLineAsync(parsed.GetValue(json) ? Json.Line(reset) : $"May move again: {string.Join(", ", reset.RobotIds)}");
            return ExitCode.Success;
        }));
        return command;
    }
}
