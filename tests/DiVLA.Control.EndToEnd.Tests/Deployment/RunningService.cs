using System.Text.Json;
using DiVLA.Control.Cli;

namespace DiVLA.Control.EndToEnd.Tests.Deployment;

/// <summary>`divla serve` in this process.</summary>
internal sealed class RunningService : IAsyncDisposable
{
    private readonly CancellationTokenSource _end;
    private readonly Task<int> _serving;

    private RunningService(CancellationTokenSource end, Task<int> serving, JsonElement started)
    {
        (_end, _serving) = (end, serving);
        Grpc = new Uri(started.GetProperty("grpc").GetString()!);
        Http = new Uri(started.GetProperty("http").GetString()!);
    }

    /// <summary>Where robots and operators call.</summary>
    public Uri Grpc { get; }

    /// <summary>Where people and scripts call.</summary>
    public Uri Http { get; }

    /// <summary>Starts it with some options of `serve`, and waits until it listens.</summary>
    public static async Task<RunningService> StartAsync(params string[] options)
    {
        var (output, error, end) = (new FirstLine(), new StringWriter(), new CancellationTokenSource());
        var terminal = new Terminal(output, error, isInteractive: false);
        var serving = DivlaCommand.RunAsync(["serve", .. options, "--records", "none", "--audit-log", "none", "--json"], terminal, TimeProvider.System, end.Token);
        var first = await Task.WhenAny(output.Line, serving);
        Assert.That(first, Is.SameAs(output.Line), () => $"the service ended before it said where it listens: {error}");
        return new RunningService(end, serving, JsonDocument.Parse(await output.Line).RootElement);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        Assert.That(await _serving, Is.EqualTo(ExitCode.Success));
        _end.Dispose();
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
