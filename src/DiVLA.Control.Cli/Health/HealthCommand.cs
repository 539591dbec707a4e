using System.CommandLine;
using Grpc.Health.V1;

namespace DiVLA.Control.Cli.Health;

/// <summary>`divla health`: asks a service over the standard health protocol; containers use it.</summary>
internal static class HealthCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static Command Create(Terminal terminal)
    {
        var (server, json) = (new ServerSelection(), SharedOptions.Json());
        var command = new Command("health", "Ask whether a service lets robots in. Exit code 0 only if so.") { json };
        server.AddTo(command);
        command.SetAction((parsed, cancellation) => CommandGuard.RunAsync(
            terminal, () => RunAsync(terminal, server.Of(parsed), parsed.GetValue(json), cancellation)));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, ServiceTarget server, bool json, CancellationToken cancellation)
    {
        using var channel = server.Open();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        var health = await new Grpc.Health.V1.Health.HealthClient(channel).CheckAsync(new HealthCheckRequest(), cancellationToken: limit.Token);
        await terminal.Out.WriteLineAsync(json ? Json.Line(health) : $"{server.Address}: {health.Status}");
        return health.Status == HealthCheckResponse.Types.ServingStatus.Serving ? ExitCode.Success : ExitCode.Failed;
    }
}
