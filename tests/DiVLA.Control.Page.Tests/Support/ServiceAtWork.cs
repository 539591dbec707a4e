using System.Net;
using DiVLA.Control.Client;
using DiVLA.Control.RealTime;
using DiVLA.Control.Service;

namespace DiVLA.Control.Page.Tests;

/// <summary>A service with records and an audit log in a folder of its own.</summary>
internal sealed class ServiceAtWork : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("divla-page-");
    private readonly string _bundle;
    private readonly SecurityOptions? _security;
    private DivlaServer? _server;
    private Uri? _grpc;
    private Uri? _http;

    private ServiceAtWork(string bundle, SecurityOptions? security) => (_bundle, _security) = (bundle, security);

    /// <summary>Where the page is.</summary>
    public Uri Address => _http!;

    /// <summary>What it has written down.</summary>
    public string AuditLog => File.ReadAllText(Path.Combine(_folder.FullName, "audit.jsonl"));

    public static async Task<ServiceAtWork> StartAsync(string bundle, SecurityOptions? security = null)
    {
        var service = new ServiceAtWork(bundle, security);
        await service.StartAsync();
        return service;
    }

    /// <summary>Listens; where it has before, at the same ports.</summary>
    public async Task StartAsync()
    {
        _server = await DivlaServer.StartAsync(Options(), CancellationToken.None);
        (_grpc, _http) = (_server.GrpcAddress, _server.HttpAddress);
    }

    /// <summary>Ends the service and leaves its robots alone.</summary>
    public async Task StopAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        _server = null;
    }

    /// <summary>A simulated arm that works until it is disposed of.</summary>
    public RobotAtWork Connect(string robotId, ServiceCredentials? credentials = null) => RobotAtWork.Start(_grpc!, robotId, credentials);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Delete(recursive: true);
    }

    private ServiceOptions Options() => new()
    {
        BundleDirectory = _bundle,
        GrpcEndpoint = new IPEndPoint(IPAddress.Loopback, _grpc?.Port ?? 0),
        HttpEndpoint = new IPEndPoint(IPAddress.Loopback, _http?.Port ?? 0),
        Security = _security,
        Log = new LogOptions { Console = false },
        Records = new RecordOptions { File = Path.Combine(_folder.FullName, "reasoning.db") },
        AuditFile = Path.Combine(_folder.FullName, "audit.jsonl"),
        // Nothing that a shared build machine would notice, and patience with one that is busy.
        RealTime = new RealTimeOptions { FifoPriority = 0, LockMemory = false, SpinBeforeDeadline = TimeSpan.Zero },
        Limits = new SessionLimits { MaxObservationAge = TimeSpan.FromSeconds(10) },
    };
}
