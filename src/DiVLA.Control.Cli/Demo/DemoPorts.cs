using DiVLA.Control.Service;

namespace DiVLA.Control.Cli.Demo;

/// <summary>Says so when the demo could not listen where operators expect it.</summary>
internal static class DemoPorts
{
    private const int Grpc = 5082;
    private const int Http = 5083;

    /// <summary>In words, or null where the usual ports were free.</summary>
    public static string? Notice(DivlaServer server) => server.GrpcAddress.Port == Grpc && server.HttpAddress.Port == Http
        ? null
        : $"Port {Grpc} or {Http} is taken: operator commands reach this demo with --server {server.GrpcAddress}, JSON is on {server.HttpAddress}";
}
