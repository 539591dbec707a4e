using System.Net;
using DiVLA.Control.Cli;
using DiVLA.Control.Client;
using DiVLA.Control.Policy;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.RealTime;
using DiVLA.Control.Robot;
using DiVLA.Control.Service;
using DiVLA.Control.TestSupport;
using DiVLA.Control.TestSupport.Published;
using LadderState = DiVLA.Control.Protocol.V1.LadderState;

namespace DiVLA.Control.EndToEnd.Tests.Published;

/// <summary>From a published checkpoint's folder to commands: built by the command, served, asked over gRPC with the original's pictures.</summary>
[Category("Golden")]
[TestFixtureSource(typeof(GoldenFolder), nameof(GoldenFolder.AllCases))]
internal sealed class PublishedServiceTests(GoldenCase golden)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private GoldenBundle _golden = null!;

    [OneTimeSetUp]
    public async Task Build()
    {
        _golden = new GoldenBundle(golden);
        var build = await Divla.RunAsync(
            "model", "build", "--checkpoint", golden.Folder.Checkpoint, "--stats", golden.Folder.StatisticsFile, "--embodiment", _golden.EmbodimentFile,
            "--output", _golden.Folder, "--phrase-tokens", $"{_golden.PhraseTokens}", "--instruction-tokens", $"{_golden.InstructionTokens}", "--json");
        Assert.That(build.ExitCode, Is.EqualTo(ExitCode.Success), build.Out + build.Error);
        Assert.That(build.LastJson.GetProperty("verification").GetString(), Is.EqualTo("run"));
    }

    [OneTimeTearDown]
    public void Clean() => _golden.Dispose();

    [Test]
    public async Task Verify_OfTheBuiltBundle_FindsNoFaults()
    {
        var verify = await Divla.RunAsync("model", "verify", _golden.Folder, "--json");
        Assert.That(verify.ExitCode, Is.EqualTo(ExitCode.Success), verify.Out + verify.Error);
    }

    [Test]
    public async Task Robot_WithTheOriginalsPictures_HearsItsPhraseAndIsDriven()
    {
        if (_golden.Phrase.Length == 0) Assert.Ignore("The case's phrase is empty: the head never acts.");
        await using var server = await DivlaServer.StartAsync(Options, CancellationToken.None);
        var (robot, bundle) = (new StandingRobot(_golden), server.Manifest);
        await using var client = new RobotControlClient(ClientOptions(server, bundle), robot);
        var driving = client.RunAsync(CancellationToken.None);

        var began = DateTime.UtcNow;
        while (!robot.WasDriven && DateTime.UtcNow - began < Patience)
        {
            client.Observe(MonotonicTime.Now(TimeProvider.System), robot.ReadState(), [.. _golden.Pictures.Select(picture => new ReadOnlyMemory<byte>(picture))]);
            await Task.Delay(20);
        }
        using var channel = ServiceChannel.For(server.GrpcAddress);
        var reasoning = await new ReasoningClient(channel).GetAsync("golden", CancellationToken.None);
        client.Stop("test");
        var summary = await driving.WaitAsync(Patience);

        Assert.That(robot.WasDriven, $"no action rested on a verified phrase; {summary}");
        Assert.That(robot.Phrases, Has.Some.Matches<string>(phrase => IsTheOriginals(phrase!)));
        Assert.That(IsTheOriginals(reasoning.Phrase.Text), reasoning.Phrase.Text);
        Assert.That(robot.Commands, Has.All.Matches<RobotCommand>(command => command.Joints.Count == _golden.Arm.JointCount && command.Joints.IsFinite()));
        Assert.That(summary!.Statistics.ObservationsRefused, Is.Zero);
    }

    private bool IsTheOriginals(string phrase) => phrase.Length > 0 && golden.BeginsWith(phrase);

    // Nothing that a shared build machine would notice.
    private ServiceOptions Options => new()
    {
        BundleDirectory = _golden.Folder,
        GrpcEndpoint = new IPEndPoint(IPAddress.Loopback, 0),
        HttpEndpoint = new IPEndPoint(IPAddress.Loopback, 0),
        Log = new LogOptions { Console = false },
        Policy = new PolicyOptions { RehearsalInferences = 2, MaxObservationAge = TimeSpan.FromSeconds(10) },
        RealTime = new RealTimeOptions { FifoPriority = 0, LockMemory = false, SpinBeforeDeadline = TimeSpan.Zero },
        Limits = new SessionLimits { MaxObservationAge = TimeSpan.FromSeconds(10) },
    };

    private RobotControlOptions ClientOptions(DivlaServer server, PolicyManifest manifest)
    {
        using var bundle = PolicyBundle.Load(_golden.Folder, new PolicyOptions { RehearsalInferences = 0 });
        var contract = EmbodimentContract.From(
            bundle.Embodiments[GoldenArm.Name], manifest.Cameras.Select(camera => new ContractCamera(camera.Name, camera.Width, camera.Height)));
        return new RobotControlOptions
        {
            Address = server.GrpcAddress,
            RobotId = "golden",
            Contract = contract,
            Encodings = [.. contract.Cameras.Select(_ => ImageEncoding.Png)],
            Instruction = golden.Instruction,
            Lease = TimeSpan.FromSeconds(30),
            SilenceLimit = TimeSpan.FromSeconds(10),
            AcceptLimit = Patience,
        };
    }

    /// <summary>An arm that stands where the original's stood, and writes down what it is told.</summary>
    private sealed class StandingRobot(GoldenBundle golden) : RobotControlHandler
    {
        private readonly List<RobotCommand> _commands = [];
        private readonly List<string> _phrases = [];
        private volatile bool _wasDriven;

        public bool WasDriven => _wasDriven;

        public IReadOnlyList<RobotCommand> Commands => _commands;

        public IReadOnlyList<string> Phrases => _phrases;

        public override RobotState ReadState() => golden.Arm.StateOf(golden.Expected.Floats("qpos"));

        public override void OnAction(in RobotAction action)
        {
            _commands.Add(action.Command);
            _wasDriven |= action.State is LadderState.Fresh or LadderState.Reused && action.PhraseFreshness == PhraseFreshness.Verified;
        }

        public override void OnPhrase(Phrase phrase) => _phrases.Add(phrase.Text);
    }
}
