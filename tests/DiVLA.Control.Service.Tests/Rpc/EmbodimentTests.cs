using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.TestSupport;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace DiVLA.Control.Service.Tests.Rpc;

/// <summary>Arms of several makes on one service, and folders that are put into its bundle while it runs.</summary>
[TestFixture]
internal sealed class EmbodimentTests
{
    private static readonly EmbodimentProfile _kuka = ArmProfiles.Get("iiwa14");
    private static readonly EmbodimentProfile _kinova = ArmProfiles.Get("gen3");

    private static readonly DirectoryInfo _original = Directory.CreateTempSubdirectory("divla-arms-original-");
    private string _bundle = null!;

    [OneTimeSetUp]
    public static void Build() => TestBundles.BuildRandom(_original.FullName, seed: 2);

    [OneTimeTearDown]
    public static void DeleteOriginal() => _original.Delete(recursive: true);

    [SetUp]
    public void Copy()
    {
        _bundle = Directory.CreateTempSubdirectory("divla-arms-").FullName;
        foreach (var file in _original.EnumerateFiles("*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(_bundle, Path.GetRelativePath(_original.FullName, file.FullName));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            file.CopyTo(target);
        }
    }

    [TearDown]
    public void Delete() => Directory.Delete(_bundle, recursive: true);

    [Test]
    public async Task Sessions_OfTwoMakesAtOnce_EachMoveTheirOwnArm()
    {
        Add(_kuka);
        await using var server = await StartAsync();
        var (first, _) = await WireRobot.OpenAsync(server, "arm-1");
        using var panda = first;
        var (second, _) = await WireRobot.OpenAsync(server, "arm-2", arm: _kuka);
        using var kuka = second;
        var (own, other) = (await DriveAsync(panda), await DriveAsync(kuka));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(own.JointPositionsRad, Is.EqualTo(ArmProfiles.Panda.RestRad).Within(0.2));
            Assert.That(other.JointPositionsRad, Is.EqualTo(_kuka.RestRad).Within(0.2));
        }
        await panda.StopAsync();
        await kuka.StopAsync();
        Assert.That((await panda.SummaryAsync()).Statistics.CommandsSent, Is.Positive);
        Assert.That((await kuka.SummaryAsync()).Statistics.CommandsSent, Is.Positive);
    }

    // The limits of one make are not those of the other: the contract that the robot brings is held to its own.
    [Test]
    public async Task Open_OneMakeUnderTheNameOfAnother_IsRefusedWithTheFields()
    {
        Add(_kuka);
        await using var server = await StartAsync();
        var disguised = ArmProfiles.Panda with { Name = "iiwa14" };
        var (refused, status) = await WireRobot.OpenInVainAsync(server, "disguised", disguised);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((refused.Refusal, status), Is.EqualTo((Wire.SessionRefusal.ContractMismatch, StatusCode.FailedPrecondition)));
            Assert.That(refused.Differences.Select(difference => difference.Field), Does.Contain("joint_names[0]").And.Contain("velocity_limit_rad_per_s[0]"));
        }
    }

    // A robot that asks is reason enough to look at once.
    [Test]
    public async Task Open_FolderAddedMeanwhile_IsThere()
    {
        await using var server = await StartAsync();
        var (refused, status) = await WireRobot.OpenInVainAsync(server, "early", _kinova);
        Assert.That((refused.Refusal, status), Is.EqualTo((Wire.SessionRefusal.UnknownEmbodiment, StatusCode.NotFound)));

        Add(_kinova);
        var (robot, _) = await WireRobot.OpenAsync(server, "later", arm: _kinova);
        using var opened = robot;
        await DriveAsync(robot);
        await robot.StopAsync();
        await robot.SummaryAsync();
    }

    [Test]
    public async Task Open_FolderWithAFault_IsRefusedWithIt_AndNoSessionIsDisturbed()
    {
        await using var server = await StartAsync();
        var (running, _) = await WireRobot.OpenAsync(server, "running");
        using var robot = running;
        var before = await DriveAsync(robot);

        Add(_kinova);
        var weights = Path.Combine(_bundle, EmbodimentPaths.Of("gen3", EmbodimentPaths.Weights));
        var bytes = await File.ReadAllBytesAsync(weights);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(weights, bytes);
        var (refused, _) = await WireRobot.OpenInVainAsync(server, "damaged", _kinova);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(refused.Refusal, Is.EqualTo(Wire.SessionRefusal.UnknownEmbodiment));
            Assert.That(refused.Detail, Does.Contain("embodiments/gen3/embodiment.safetensors").And.Contain("sha256"));
        }

        Assert.That((await DriveAsync(robot)).ObservationSequence, Is.GreaterThan(before.ObservationSequence));
        await robot.StopAsync();
        Assert.That((await robot.SummaryAsync()).End, Is.EqualTo(Wire.SessionEnd.StoppedByRobot));
    }

    [Test]
    public async Task Watch_FolderAddedMeanwhile_OffersItWithoutBeingAsked()
    {
        using var bundle = PolicyBundle.Load(_bundle, TestServer.Options.Policy with { RehearsalInferences = 0 });
        var options = TestServer.Options with { BundleDirectory = _bundle, EmbodimentPoll = TimeSpan.FromMilliseconds(20) };
        using var watch = new EmbodimentWatch(bundle, options, NullLogger<EmbodimentWatch>.Instance);
        await watch.StartAsync(CancellationToken.None);
        Add(_kinova);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!bundle.Embodiments.ContainsKey("gen3")) await Task.Delay(20, patience.Token);
        Directory.Delete(Path.Combine(_bundle, EmbodimentPaths.Folder, "gen3"), recursive: true);
        while (bundle.Embodiments.ContainsKey("gen3")) await Task.Delay(20, patience.Token);
        await watch.StopAsync(CancellationToken.None);
        Assert.That(bundle.Embodiments.Keys, Is.EqualTo(new[] { "panda" }));
    }

    // Looks on, as an arm does, until the service follows a plan: one that comes late on a busy machine is not followed.
    private static async Task<Wire.Action> DriveAsync(WireRobot robot)
    {
        while (true)
        {
            await robot.ObserveAsync();
            var action = await robot.NextActionAsync(_ => true);
            if (action.State == Wire.LadderState.Fresh) return action;
        }
    }

    private Task<DivlaServer> StartAsync() =>
        DivlaServer.StartAsync(TestServer.Options with { BundleDirectory = _bundle, EmbodimentPoll = TimeSpan.FromHours(1) }, CancellationToken.None);

    private void Add(EmbodimentProfile arm) => RandomCheckpoint.WriteEmbodiment(_bundle, arm, TestConfigs.Default.Latent, seed: 8);
}
