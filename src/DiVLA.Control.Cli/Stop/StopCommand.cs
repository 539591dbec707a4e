using System.CommandLine;
using DiVLA.Control.Client;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Service;

namespace DiVLA.Control.Cli.Stop;

/// <summary>`divla stop`: emergency stop, latched.</summary>
internal static class StopCommand
{
    public static Command Create(Terminal terminal)
    {
        var arms = new ArmSelection();
        var (who, why) = (SharedOptions.Who(), SharedOptions.Why());
        why.Aliases.Add("--reason");
        var (server, json) = (new ServerSelection(), SharedOptions.Json());
        var command = new Command("stop", "Stop robots and keep them stopped, also over reconnects, until 'divla reset'.") { who, why, json };
        arms.AddTo(command);
        server.AddTo(command);
        command.SetAction((parsed, cancellation) => CommandGuard.RunAsync(terminal, async () =>
        {
            using var channel = server.Of(parsed).Open();
            var request = new EmergencyStopRequest { Arms = arms.Of(parsed), Who = parsed.GetRequiredValue(who), Reason = parsed.GetRequiredValue(why) };
            var stopped = await new OperationsClient(channel).EmergencyStopAsync(request, cancellation);
            await terminal.Out.WriteLineAsync(parsed.GetValue(json) ? WireJson.Line(stopped) : Words(stopped));
            return ExitCode.Success;
        }));
        return command;
    }

    private static string Words(EmergencyStopResponse stopped) => stopped.Arms.Count == 0
        ? "Stopped. No robot is connected; those that connect stay stopped."
        : string.Join(Environment.NewLine, stopped.Arms.Select(Words));

    private static string Words(StoppedArm arm) => arm switch
    {
        { SessionId.Length: 0 } => $"{arm.RobotId}: stopped; not connected now",
        { AlreadyStopped: true } => $"{arm.RobotId}: was stopped already, at tick {arm.Tick}",
        _ => FormattableString.Invariant($"{arm.RobotId}: stopped at tick {arm.Tick}, {arm.AcknowledgedUs / 1000:0.0} ms after the request"),
    };
}
