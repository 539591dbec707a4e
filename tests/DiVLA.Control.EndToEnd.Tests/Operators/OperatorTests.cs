using System.Text.Json;
using DiVLA.Control.Cli;

namespace DiVLA.Control.EndToEnd.Tests.Operators;

/// <summary>`divla serve` in this process, and what operators ask of it.</summary>
[TestFixture]
internal sealed class OperatorTests
{
    private readonly CancellationTokenSource _end = new();
    private Task<int> _serving = null!;
    private string _address = null!;

    [OneTimeSetUp]
    public async Task Serve()
    {
        var output = new FirstLine();
        var terminal = new Terminal(output, TextWriter.Null, isInteractive: false);
        string[] arguments = ["serve", "--bundle", RandomBundle.Directory, "--listen", "127.0.0.1:0", "--listen-http", "127.0.0.1:0", "--json"];
        _serving = DivlaCommand.RunAsync(arguments, terminal, TimeProvider.System, _end.Token);
        var first = await Task.WhenAny(output.Line, _serving);
        Assert.That(first, Is.SameAs(output.Line), "the service ended before it said where it listens");
        _address = JsonDocument.Parse(await output.Line).RootElement.GetProperty("grpc").GetString()!;
    }

    [OneTimeTearDown]
    public async Task End()
    {
        await _end.CancelAsync();
        Assert.That(await _serving, Is.EqualTo(ExitCode.Success));
        _serving.Dispose();
        _end.Dispose();
    }

    [Test]
    public async Task Health_OfARunningService_IsServing()
    {
        var health = await Divla.RunAsync("health", "--server", _address);
        Assert.That(health.ExitCode, Is.EqualTo(ExitCode.Success), health.Error);
    }

    [Test]
    public async Task Sessions_WithoutRobots_AreNone()
    {
        var sessions = await Divla.RunAsync("sessions", "--server", _address, "--json");
        Assert.That(sessions.ExitCode, Is.EqualTo(ExitCode.Success), sessions.Error);
        Assert.That(sessions.LastJson.GetProperty("sessions").GetArrayLength(), Is.Zero);
    }

    [Test]
    public async Task Reasoning_OfASessionThatIsNot_Fails()
    {
        var reasoning = await Divla.RunAsync("reasoning", "get", "nobody", "--server", _address);
        Assert.That(reasoning.ExitCode, Is.EqualTo(ExitCode.Failed), reasoning.Error);
    }

    [Test]
    public async Task Stop_OfARobotThatMayCome_LastsUntilReset()
    {
        Assert.That((await Divla.RunAsync("stop", "arm-7", "--server", _address)).ExitCode, Is.EqualTo(ExitCode.Success));
        Assert.That(await StoppedRobots(), Does.Contain("arm-7"));
        Assert.That((await Divla.RunAsync("reset", "arm-7", "--server", _address)).ExitCode, Is.EqualTo(ExitCode.Success));
        Assert.That(await StoppedRobots(), Does.Not.Contain("arm-7"));
    }

    private async Task<string?[]> StoppedRobots()
    {
        var sessions = await Divla.RunAsync("sessions", "--server", _address, "--json");
        return [.. sessions.LastJson.GetProperty("stopped_robot_ids").EnumerateArray().Select(robot => robot.GetString())];
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
