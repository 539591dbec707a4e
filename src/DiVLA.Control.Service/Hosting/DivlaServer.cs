using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Onnx;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace DiVLA.Control.Service;

/// <summary>A running service, in this process.</summary>
public sealed class DivlaServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly PolicyBundle _bundle;

    private DivlaServer(WebApplication app, PolicyBundle bundle)
    {
        (_app, _bundle) = (app, bundle);
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        (GrpcAddress, HttpAddress) = (new Uri(addresses.First()), new Uri(addresses.Last()));
    }

    /// <summary>Where gRPC is served.</summary>
    public Uri GrpcAddress { get; }

    /// <summary>Where JSON is served.</summary>
    public Uri HttpAddress { get; }

    /// <summary>What is served.</summary>
    public PolicyManifest Manifest => _bundle.Manifest;

    /// <summary>Everything that is mapped.</summary>
    internal IReadOnlyList<Endpoint> Endpoints => _app.Services.GetRequiredService<EndpointDataSource>().Endpoints;

    /// <summary>Loads the bundle and starts to listen.</summary>
    /// <exception cref="ArgumentException">The options are wrong; the message names every fault.</exception>
    /// <exception cref="BundleRejectedException">The bundle has faults; all of them are listed.</exception>
    /// <exception cref="OnnxUnavailableException">The native library or the execution provider asked for is missing.</exception>
    /// <exception cref="IOException">A port is taken.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before it listened.</exception>
    public static async Task<DivlaServer> StartAsync(ServiceOptions options, CancellationToken cancellation)
    {
        if (options.Validate() is { Count: > 0 } errors) throw new ArgumentException("The service cannot start: " + string.Join("; ", errors));
        var bundle = PolicyBundle.Load(options.BundleDirectory, options.Policy, cancellation);
        WebApplication? app = null;
        try
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.AddDivlaControl(options, bundle);
            app = builder.Build();
            app.MapDivlaControl();
            await StopRehearsal.RunAsync(app);
            await app.StartAsync(cancellation);
            return new DivlaServer(app, bundle);
        }
        catch
        {
            if (app is not null) await app.DisposeAsync();
            bundle.Dispose();
            throw;
        }
    }

    /// <summary>Waits until the process is asked to end or the service is stopped.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellation) => _app.WaitForShutdownAsync(cancellation);

    /// <summary>Brings every arm to rest, sends the summaries and stops to listen.</summary>
    public Task StopAsync(CancellationToken cancellation) => _app.StopAsync(cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _bundle.Dispose();
    }
}
