using System.CommandLine;
using DiVLA.Control.Client;
using DiVLA.Control.Protocol.V1;

namespace DiVLA.Control.Cli.Stop;

/// <summary>`divla stop`: emergency stop, latched until `divla reset`.</summary>
internal static class StopCommand
{
    public static Command Create(Terminal terminal)
    {
        var arms = new ArmSelection();
        var reason = new Option<string>("--reason") { Description = "For the service's log.", HelpName = "TEXT", DefaultValueFactory = _ => "divla stop" };
        var (server, json) = (new ServerSelection(), SharedOptions.Json());
        var command = new Command("stop", "Stop robots and keep them stopped, also over reconnects, until 'divla reset'.") { reason, json };
        arms.AddTo(command);
        server.AddTo(command);
        command.SetAction((parsed, cancellation) => CommandGuard.RunAsync(terminal, async () =>
        {
            using var channel = server.Of(parsed).Open();
            var stopped = await new OperationsClient(channel).EmergencyStopAsync(arms.Of(parsed), parsed.GetRequiredValue(reason), cancellation);
            await terminal.Out.WriteLineAsync(parsed.GetValue(json) ? Json.Line(stopped) : Words(stopped));
            return ExitCode.Success;
        }));
        return command;
    }

    private static string Words(EmergencyStopResponse stopped) => stopped.Arms.Count == 0
        ? "Stopped. No robot is connected; those that connect stay stopped."
        : string.Join(Environment.NewLine, stopped.Arms.Select(Words));

    private static string Words(StoppedArm arm) => arm.SessionId.Length == 0
        ? $"{arm.RobotId}: stopped; not connected now"
        : FormattableString.Invariant($"{arm.RobotId}: stopped at tick {arm.Tick}, {arm.AcknowledgedUs / 1000:0.0} ms after the request");
}
