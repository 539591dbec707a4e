using System.Text.Json;
using DiVLA.Control.Cli;

namespace DiVLA.Control.EndToEnd.Tests.Operators;

/// <summary>`divla serve` in this process, with records and an audit log in a folder of its own.</summary>
internal sealed class ServiceAtWork : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("divla-operators-");
    private readonly FirstLine _output = new();
    private readonly Task<int> _serving;

    private ServiceAtWork(string bundle)
    {
        string[] arguments =
        [
            "serve", "--bundle", bundle, "--listen", "127.0.0.1:0", "--listen-http", "127.0.0.1:0", "--json",
            "--records", Path.Combine(_folder.FullName, "reasoning.db"), "--audit-log", AuditLog,
        ];
        _serving = DivlaCommand.RunAsync(arguments, new Terminal(_output, TextWriter.Null, isInteractive: false), TimeProvider.System, _end.Token);
    }

    /// <summary>Address of its gRPC endpoint.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Where it writes down what operators do.</summary>
    public string AuditLog => Path.Combine(_folder.FullName, "audit.jsonl");

    /// <summary>Waits until it listens.</summary>
    public static async Task<ServiceAtWork> StartAsync(string bundle)
    {
        var service = new ServiceAtWork(bundle);
        var first = await Task.WhenAny(service._output.Line, service._serving);
        Assert.That(first, Is.SameAs(service._output.Line), "the service ended before it said where it listens");
        service.Address = JsonDocument.Parse(await service._output.Line).RootElement.GetProperty("grpc").GetString()!;
        return service;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        Assert.That(await _serving, Is.EqualTo(ExitCode.Success));
        _serving.Dispose();
        _end.Dispose();
        _folder.Delete(recursive: true);
    }

    private sealed class FirstLine : StringWriter
    {
        private readonly TaskCompletionSource<string> _line = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Line => _line.Task;

        public override Task WriteLineAsync(string? value)
        {
            _line.TrySetResult(value ?? "");
            return Task.CompletedTask;
        }
    }
}
