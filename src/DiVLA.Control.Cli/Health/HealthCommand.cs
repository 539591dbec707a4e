using System.CommandLine;
using DiVLA.Control.Client;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Service;
using Grpc.Core;
using Grpc.Health.V1;

namespace DiVLA.Control.Cli.Health;

/// <summary>`divla health`: asks a service over the standard health protocol, which containers use, and then what an operator should know.</summary>
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
        var more = await TryReadAsync(new OperationsClient(channel), limit.Token);
        await terminal.Out.WriteLineAsync(json ? Line(health, more) : string.Join(Environment.NewLine, HealthWords.Of(server.Address, health.Status, more)));
        return health.Status == HealthCheckResponse.Types.ServingStatus.Serving ? ExitCode.Success : ExitCode.Failed;
    }

    // Whoever may ask for the status need not be allowed to see the rest.
    private static async Task<GetHealthResponse?> TryReadAsync(OperationsClient operations, CancellationToken cancellation)
    {
        try
        {
            return await operations.GetHealthAsync(cancellation);
        }
        catch (RpcException error) when (error.StatusCode is StatusCode.Unauthenticated or StatusCode.PermissionDenied or StatusCode.Unimplemented)
        {
            return null;
        }
    }

    private static string Line(HealthCheckResponse health, GetHealthResponse? more)
    {
        var line = WireJson.Of(health);
        if (more is not null)
            foreach (var (name, value) in WireJson.Of(more)) line[name] = value?.DeepClone();
        return line.ToJsonString();
    }
}
