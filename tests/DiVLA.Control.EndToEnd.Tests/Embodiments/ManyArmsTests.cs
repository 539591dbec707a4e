using DiVLA.Control.Cli;
using DiVLA.Control.EndToEnd.Tests.Operators;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.EndToEnd.Tests.Embodiments;

/// <summary>Commands with another arm than the Panda, on a bundle that got it beside the one it was built with.</summary>
[TestFixture]
internal sealed class ManyArmsTests
{
    private string _bundle = null!;

    [SetUp]
    public void Add()
    {
        _bundle = RandomBundle.Copy();
        RandomCheckpoint.WriteEmbodiment(_bundle, ArmProfiles.Get("iiwa14"), TestConfigs.Steerable.Latent, seed: 4);
    }

    [TearDown]
    public void Delete() => Directory.Delete(_bundle, recursive: true);

    [Test]
    public async Task Demo_OfAnotherArm_DrivesIt()
    {
        var demo = await Divla.RunAsync("demo", "--seconds", "3", "--json", "--bundle", _bundle, "--embodiment", "iiwa14");
        Assert.That(demo.ExitCode, Is.EqualTo(ExitCode.Success), demo.Error);
        Assert.That(demo.LastJson.GetProperty("embodiment").GetString(), Is.EqualTo("iiwa14"));
        Assert.That(demo.LastJson.GetProperty("commands_sent").GetUInt64(), Is.Positive);
    }

    [Test]
    public async Task Demo_OfAnArmThatTheBundleLacks_NamesThoseThatItHas()
    {
        var demo = await Divla.RunAsync("demo", "--seconds", "3", "--json", "--bundle", _bundle, "--embodiment", "gen3");
        Assert.That(demo.ExitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(demo.Error, Does.Contain("gen3").And.Contain("iiwa14, panda"));
    }

    [TestCase("demo --embodiment ur5")]
    [TestCase("eval --embodiment panda,ur5")]
    [TestCase("record somewhere --embodiment nowhere.json")]
    [TestCase("simulate --embodiment ur5")]
    public async Task Arm_ThatNobodyKnows_IsUsage(string arguments) =>
        Assert.That((await Divla.RunAsync(arguments.Split(' '))).ExitCode, Is.EqualTo(ExitCode.Usage));

    [Test]
    public async Task Simulate_TwoMakesAtOnce_DrivesBoth()
    {
        await using var service = await ServiceAtWork.StartAsync(_bundle);
        var robots = await Task.WhenAll(new[] { "panda", "iiwa14" }.Select(arm =>
            Divla.RunAsync("simulate", "--server", service.Address, "--bundle", _bundle, "--embodiment", arm, "--episodes", "1", "--json")));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(robots.Select(robot => robot.ExitCode), Is.All.EqualTo(ExitCode.Success), string.Join('\n', robots.Select(robot => robot.Error)));
            Assert.That(robots.Select(robot => robot.LastJson.GetProperty("robot").GetString()), Is.EqualTo(new[] { "simulated-panda", "simulated-iiwa14" }));
            Assert.That(robots.Select(robot => robot.LastJson.GetProperty("episodes").GetInt32()), Is.All.EqualTo(1));
            Assert.That(robots.Select(robot => robot.LastJson.GetProperty("commands_sent").GetUInt64()), Is.All.Positive);
        }
    }

    // The families take turns over makes, so that both are on the service at the same time.
    [Test]
    public async Task Eval_OfTwoMakes_CountsEachApart()
    {
        var eval = await Divla.RunAsync(
            "eval", "--episodes", "1", "--families", "direct", "--arms", "2", "--seed", "3", "--json", "--bundle", _bundle, "--embodiment", "panda,iiwa14");
        Assert.That(eval.ExitCode, Is.EqualTo(ExitCode.Success), eval.Error);
        var families = eval.LastJson.GetProperty("families").EnumerateArray().Select(family => (family.GetProperty("embodiment").GetString(), family.GetProperty("episodes").GetInt32()));
        Assert.That(families, Is.EqualTo(new[] { ("panda", 1), ("iiwa14", 1) }));
    }

    [Test]
    public async Task Verify_OfABundleWithAnAddedArm_LooksAtItToo()
    {
        Assert.That((await Divla.RunAsync("model", "verify", _bundle, "--json")).ExitCode, Is.EqualTo(ExitCode.Success));
        var weights = Path.Combine(_bundle, EmbodimentPaths.Of("iiwa14", EmbodimentPaths.Weights));
        var bytes = await File.ReadAllBytesAsync(weights);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(weights, bytes);
        var verify = await Divla.RunAsync("model", "verify", _bundle, "--json");
        Assert.That(verify.ExitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(verify.LastJson.GetProperty("faults")[0].GetProperty("file").GetString(), Is.EqualTo("embodiments/iiwa14/embodiment.safetensors"));
    }

    [Test]
    public async Task Inspect_OfABundleWithAnAddedArm_NamesIt()
    {
        var inspect = await Divla.RunAsync("model", "inspect", _bundle, "--json");
        Assert.That(inspect.LastJson.GetProperty("added_embodiments").EnumerateArray().Select(name => name.GetString()), Is.EqualTo(new[] { "iiwa14" }));
    }
}
