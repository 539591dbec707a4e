using System.Text.Json;
using DiVLA.Control.Cli;
using DiVLA.Control.Simulator.Robot;
using DiVLA.Control.Simulator.Tasks;

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
    public async Task Pin_OfASessionThatIsNot_Fails()
    {
        var pin = await Divla.RunAsync("reasoning", "pin", "nobody", "--bin", "left", "--server", _address);
        Assert.That(pin.ExitCode, Is.EqualTo(ExitCode.Failed), pin.Error);
    }

    [Test]
    public async Task Pin_OfARobotAtWork_IsShownAndReleased()
    {
        var options = new SimulatedRobotOptions { Address = new Uri(_address), RobotId = "steered" };
        var episodes = Enumerable.Range(1, 1000).Select(seed => EpisodeSampler.Sample(SeedSplit.Evaluation, (ulong)seed, TaskFamily.Direct));
        await using var robot = new SimulatedRobot(options, episodes, new Nobody());
        var driving = robot.RunAsync(CancellationToken.None);
        while ((await Divla.RunAsync("reasoning", "get", "steered", "--server", _address)).ExitCode != ExitCode.Success)
            Assert.That(driving.IsCompleted, Is.False, "the session is over");

        var refused = await Divla.RunAsync("reasoning", "pin", "steered", "--object", "red torch", "--server", _address);
        var pinned = await Divla.RunAsync("reasoning", "pin", "steered", "--bin", "left", "--who", "anna", "--why", "a test", "--server", _address, "--json");
        var shown = await Divla.RunAsync("reasoning", "get", "steered", "--server", _address, "--json");
        var released = await Divla.RunAsync("reasoning", "release", "steered", "--server", _address);
        var again = await Divla.RunAsync("reasoning", "release", "steered", "--server", _address);
        robot.Stop("done");
        await driving;

        Assert.That((refused.ExitCode, pinned.ExitCode, released.ExitCode, again.ExitCode),
            Is.EqualTo((ExitCode.Failed, ExitCode.Success, ExitCode.Success, ExitCode.Failed)), refused.Error + pinned.Error + released.Error);
        Assert.That(refused.Error, Does.Contain("torch"));
        Assert.That(pinned.LastJson.GetProperty("pin").GetProperty("bin").GetString(), Is.EqualTo("left"));
        Assert.That(shown.LastJson.GetProperty("pin").GetProperty("who").GetString(), Is.EqualTo("anna"));
        Assert.That(released.Out, Does.Contain("released bin left, by anna: a test"));
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

    private sealed class Nobody : SimulatedRobotWatcher;

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
