using System.Text.Json;
using DiVLA.Control.Cli;

namespace DiVLA.Control.EndToEnd.Tests.Operators;

/// <summary>`divla serve` in this process, and what operators ask of it.</summary>
[TestFixture]
internal sealed class OperatorTests
{
    private readonly CancellationTokenSource _end = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("divla-operators-");
    private Task<int> _serving = null!;
    private string _address = null!;

    [OneTimeSetUp]
    public async Task Serve()
    {
        var output = new FirstLine();
        var terminal = new Terminal(output, TextWriter.Null, isInteractive: false);
        string[] arguments =
        [
            "serve", "--bundle", RandomBundle.Directory, "--listen", "127.0.0.1:0", "--listen-http", "127.0.0.1:0", "--json",
            "--records", Path.Combine(_folder.FullName, "reasoning.db"), "--audit-log", Path.Combine(_folder.FullName, "audit.jsonl"),
        ];
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
        _folder.Delete(recursive: true);
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
    public async Task Pin_OfARobotAtWork_IsShownReleasedAndOnRecord()
    {
        await using var robot = await RobotAtWork.StartAsync(_address, "steered");
        var refused = await Divla.RunAsync("reasoning", "pin", "steered", "--object", "red torch", "--server", _address);
        var pinned = await Divla.RunAsync("reasoning", "pin", "steered", "--bin", "left", "--who", "anna", "--why", "a test", "--server", _address, "--json");
        var shown = await Divla.RunAsync("reasoning", "get", "steered", "--server", _address, "--json");
        var released = await Divla.RunAsync("reasoning", "release", "steered", "--who", "ben", "--server", _address);
        var again = await Divla.RunAsync("reasoning", "release", "steered", "--server", _address);
        var history = await Divla.RunAsync("reasoning", "history", "steered", "--limit", "1000", "--server", _address);
        await robot.EndAsync();

        Assert.That((refused.ExitCode, pinned.ExitCode, released.ExitCode, again.ExitCode),
            Is.EqualTo((ExitCode.Failed, ExitCode.Success, ExitCode.Success, ExitCode.Failed)), refused.Error + pinned.Error + released.Error);
        Assert.That(refused.Error, Does.Contain("torch"));
        Assert.That(pinned.LastJson.GetProperty("pin").GetProperty("bin").GetString(), Is.EqualTo("left"));
        Assert.That(shown.LastJson.GetProperty("pin").GetProperty("who").GetString(), Is.EqualTo("anna"));
        Assert.That(released.Out, Does.Contain("released bin left, by anna: a test"));
        Assert.That(history.Out, Does.Contain("refused (UnknownWords) object red torch by"));
        Assert.That(history.Out, Does.Contain("steered: pinned bin left by anna: a test"));
        Assert.That(history.Out, Does.Contain("steered: released bin left by ben"));
    }

    [Test]
    public async Task Why_OfATickOfARobotAtWork_NamesPhraseObservationAndAction()
    {
        await using var robot = await RobotAtWork.StartAsync(_address, "asked");
        var tick = await robot.SteeredTickAsync();
        var why = await Divla.RunAsync("reasoning", "why", "asked", "--tick", $"{tick}", "--server", _address, "--json");
        var words = await Divla.RunAsync("reasoning", "why", "asked", "--tick", $"{tick}", "--server", _address);
        var phrase = why.LastJson.GetProperty("phrase").GetProperty("phrase_id").GetUInt64();
        var all = await Divla.RunAsync("reasoning", "why", "asked", "--phrase", $"{phrase}", "--limit", "1000", "--server", _address, "--json");
        var never = await Divla.RunAsync("reasoning", "why", "asked", "--tick", "99999999", "--server", _address);
        await robot.EndAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(why.LastJson.GetProperty("tick").GetUInt64(), Is.EqualTo(tick));
            Assert.That(why.LastJson.GetProperty("observation_sequence").GetUInt64(), Is.Positive);
            Assert.That(words.Out, Does.Contain("phrase: [").And.Contain("observation: ").And.Contain("action: "));
            Assert.That(all.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("tick").GetUInt64()), Has.Member(tick));
            Assert.That((never.ExitCode, never.Error), Is.EqualTo((ExitCode.Failed, $"NotFound: no record of tick 99999999: no command was sent at it, it is too old, or it was lost{Environment.NewLine}")));
        }
    }

    [Test]
    public async Task StopAll_Twice_TheSecondNamesTheTickOfTheFirst_AndHealthSaysSoUntilTheReset()
    {
        await using var robot = await RobotAtWork.StartAsync(_address, "stopped");
        var first = await Divla.RunAsync("stop", "--all", "--why", "a test", "--server", _address, "--json");
        var health = await Divla.RunAsync("health", "--server", _address);
        var second = await Divla.RunAsync("stop", "--all", "--server", _address);
        var reset = await Divla.RunAsync("reset", "--all", "--who", "anna", "--server", _address);
        var again = await Divla.RunAsync("reset", "--all", "--who", "anna", "--server", _address);
        var well = await Divla.RunAsync("health", "--server", _address, "--json");
        await robot.EndAsync();
        var tick = first.LastJson.GetProperty("arms")[0].GetProperty("tick").GetUInt64();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(health.Out, Does.Contain("ALL ROBOTS ARE STOPPED"));
            Assert.That(health.ExitCode, Is.EqualTo(ExitCode.Success), "robots are let in, and held");
            Assert.That(second.Out.Trim(), Is.EqualTo($"stopped: was stopped already, at tick {tick}"));
            Assert.That(reset.Out.Trim(), Is.EqualTo("May move again: stopped"));
            Assert.That((again.ExitCode, again.Error.Trim()), Is.EqualTo((ExitCode.Failed, "FailedPrecondition: no arm is stopped")));
            Assert.That(well.LastJson.GetProperty("all_stopped").GetBoolean(), Is.False);
            Assert.That(well.LastJson.GetProperty("status").GetString(), Is.EqualTo("SERVING"));
            Assert.That(well.LastJson.GetProperty("records").GetProperty("state").GetString(), Is.EqualTo("RECORDING"));
            Assert.That(File.ReadAllText(Path.Combine(_folder.FullName, "audit.jsonl")), Does.Contain("\"why\":\"a test\""));
        }
    }

    [Test]
    public async Task Sessions_InANarrowTerminal_CanBeRead()
    {
        await using var robot = await RobotAtWork.StartAsync(_address, "narrow");
        var words = await Divla.RunAsync("sessions", "--server", _address);
        var json = await Divla.RunAsync("sessions", "--server", _address, "--json");
        await robot.EndAsync();
        var session = json.LastJson.GetProperty("sessions").EnumerateArray().Single(session => session.GetProperty("robot_id").GetString() == "narrow");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(words.Out.Split('\n').Select(line => line.TrimEnd().Length), Is.All.LessThanOrEqualTo(80));
            Assert.That(words.Out, Does.Contain(session.GetProperty("session_id").GetString()!).And.Contain("narrow: "));
            Assert.That(words.Out, Does.Match("rates +[0-9.]+ commands/s, FRESH [0-9.]+ %"), "in one line");
            Assert.That(session.GetProperty("statistics").TryGetProperty("late_over_1ms", out _), Is.True, "named as everywhere");
            Assert.That(session.GetProperty("state").GetString(), Is.AnyOf("FRESH", "REUSED", "HOLD"));
        }
    }

    [Test]
    public async Task Watch_OfARobotAtWork_ShowsWhatItDoesUntilItsSessionEnds()
    {
        await using var robot = await RobotAtWork.StartAsync(_address, "watched");
        await robot.SteeredTickAsync();
        var json = Divla.RunAsync("watch", "watched", "--server", _address, "--json");
        var lines = Divla.RunAsync("watch", "watched", "--server", _address);
        var reasoning = Divla.RunAsync("reasoning", "watch", "watched", "--server", _address);
        await Task.Delay(TimeSpan.FromSeconds(2));
        await robot.EndAsync();
        var events = (await json).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        var kinds = new[] { "stops", "session", "phrase", "state", "joints", "statistics", "ended" };
        using (Assert.EnterMultipleScope())
        {
            Assert.That(new[] { (await json).ExitCode, (await lines).ExitCode, (await reasoning).ExitCode }, Is.All.EqualTo(ExitCode.Success));
            Assert.That(kinds.Where(kind => !events.Any(item => item.TryGetProperty(kind, out _))), Is.Empty, "every kind of event came");
            Assert.That((await lines).Out, Does.Contain("watched: session ").And.Contain(", lateness p50 ").And.Contain(" rad, gripper ").And.Contain("has ended"));
        }
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
