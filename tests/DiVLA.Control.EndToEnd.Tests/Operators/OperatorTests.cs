using DiVLA.Control.Cli;

namespace DiVLA.Control.EndToEnd.Tests.Operators;

/// <summary>`divla serve` in this process, and what operators ask of it.</summary>
[TestFixture]
internal sealed class OperatorTests
{
    private ServiceAtWork _service = null!;

    [OneTimeSetUp]
    public async Task Serve() => _service = await ServiceAtWork.StartAsync(RandomBundle.Directory);

    [OneTimeTearDown]
    public async Task End() => await _service.DisposeAsync();

    [Test]
    public async Task Health_OfARunningService_IsServing()
    {
        var health = await Divla.RunAsync("health", "--server", _service.Address);
        Assert.That(health.ExitCode, Is.EqualTo(ExitCode.Success), health.Error);
    }

    [Test]
    public async Task Sessions_WithoutRobots_AreNone()
    {
        var sessions = await Divla.RunAsync("sessions", "--server", _service.Address, "--json");
        Assert.That(sessions.ExitCode, Is.EqualTo(ExitCode.Success), sessions.Error);
        Assert.That(sessions.LastJson.GetProperty("sessions").GetArrayLength(), Is.Zero);
    }

    [Test]
    public async Task Reasoning_OfASessionThatIsNot_Fails()
    {
        var reasoning = await Divla.RunAsync("reasoning", "get", "nobody", "--server", _service.Address);
        Assert.That(reasoning.ExitCode, Is.EqualTo(ExitCode.Failed), reasoning.Error);
    }

    [Test]
    public async Task Pin_OfASessionThatIsNot_Fails()
    {
        var pin = await Divla.RunAsync("reasoning", "pin", "nobody", "--bin", "left", "--server", _service.Address);
        Assert.That(pin.ExitCode, Is.EqualTo(ExitCode.Failed), pin.Error);
    }

    [Test]
    public async Task Pin_OfARobotAtWork_IsShownReleasedAndOnRecord()
    {
        await using var robot = await RobotAtWork.StartAsync(_service.Address, "steered");
        var refused = await Divla.RunAsync("reasoning", "pin", "steered", "--object", "red torch", "--server", _service.Address);
        var pinned = await Divla.RunAsync("reasoning", "pin", "steered", "--bin", "left", "--who", "anna", "--why", "a test", "--server", _service.Address, "--json");
        var shown = await Divla.RunAsync("reasoning", "get", "steered", "--server", _service.Address, "--json");
        var released = await Divla.RunAsync("reasoning", "release", "steered", "--who", "ben", "--server", _service.Address);
        var again = await Divla.RunAsync("reasoning", "release", "steered", "--server", _service.Address);
        var history = await Divla.RunAsync("reasoning", "history", "steered", "--limit", "1000", "--server", _service.Address);
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
    public async Task StopAll_Twice_TheSecondNamesTheTickOfTheFirst_AndHealthSaysSoUntilTheReset()
    {
        await using var robot = await RobotAtWork.StartAsync(_service.Address, "stopped");
        var first = await Divla.RunAsync("stop", "--all", "--why", "a test", "--server", _service.Address, "--json");
        var health = await Divla.RunAsync("health", "--server", _service.Address);
        var second = await Divla.RunAsync("stop", "--all", "--server", _service.Address);
        var reset = await Divla.RunAsync("reset", "--all", "--who", "anna", "--server", _service.Address);
        var again = await Divla.RunAsync("reset", "--all", "--who", "anna", "--server", _service.Address);
        var well = await Divla.RunAsync("health", "--server", _service.Address, "--json");
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
            Assert.That(File.ReadAllText(_service.AuditLog), Does.Contain("\"why\":\"a test\""));
        }
    }

    [Test]
    public async Task Sessions_InANarrowTerminal_CanBeRead()
    {
        await using var robot = await RobotAtWork.StartAsync(_service.Address, "narrow");
        await robot.CommandedAsync(ticks: 10);
        var words = await Divla.RunAsync("sessions", "--server", _service.Address);
        var json = await Divla.RunAsync("sessions", "--server", _service.Address, "--json");
        await robot.EndAsync();
        var session = json.LastJson.GetProperty("sessions").EnumerateArray().Single(session => session.GetProperty("robot_id").GetString() == "narrow");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(words.Out.Split('\n').Select(line => line.TrimEnd().Length), Is.All.LessThanOrEqualTo(80));
            Assert.That(words.Out, Does.Contain(session.GetProperty("session_id").GetString()!).And.Contain("narrow: "));
            Assert.That(words.Out, Does.Match("rates +[0-9.]+ commands/s, FRESH [0-9.]+ %"), "in one line");
            Assert.That(session.GetProperty("statistics").TryGetProperty("late_over_1ms", out _), Is.True, "named as everywhere");
            // Random weights may have been stopped for their faults by then.
            Assert.That((session.GetProperty("state").GetString(), session.GetProperty("reason").GetString()), Is.EqualTo(("STOPPED", "REPEATED_FAULTS"))
                .Or.Matches<(string? State, string?)>(shown => shown.State is "FRESH" or "REUSED" or "HOLD"));
        }
    }

    [Test]
    public async Task Stop_OfARobotThatMayCome_LastsUntilReset()
    {
        Assert.That((await Divla.RunAsync("stop", "arm-7", "--server", _service.Address)).ExitCode, Is.EqualTo(ExitCode.Success));
        Assert.That(await StoppedRobots(), Does.Contain("arm-7"));
        Assert.That((await Divla.RunAsync("reset", "arm-7", "--server", _service.Address)).ExitCode, Is.EqualTo(ExitCode.Success));
        Assert.That(await StoppedRobots(), Does.Not.Contain("arm-7"));
    }

    private async Task<string?[]> StoppedRobots()
    {
        var sessions = await Divla.RunAsync("sessions", "--server", _service.Address, "--json");
        return [.. sessions.LastJson.GetProperty("stopped_robot_ids").EnumerateArray().Select(robot => robot.GetString())];
    }
}
