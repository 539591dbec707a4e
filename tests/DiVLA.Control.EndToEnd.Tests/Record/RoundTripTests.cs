using System.Text.Json.Nodes;
using DiVLA.Control.Client;
using DiVLA.Control.Datasets.Format;
using DiVLA.Control.Datasets.Reading;
using DiVLA.Control.Datasets.Recording;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Robot;
using DiVLA.Control.Service;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.Simulator.Robot;
using DiVLA.Control.Simulator.Tasks;
using RobotState = DiVLA.Control.Robot.RobotState;

namespace DiVLA.Control.EndToEnd.Tests.Record;

/// <summary>What passed between a simulated arm and the real service, noted beside the recorder, is what the dataset gives back.</summary>
[TestFixture(CameraStorage.Images, 0)]
[TestFixture(CameraStorage.Av1, 12)]
[TestFixture(CameraStorage.H264, 12)]
internal sealed class RoundTripTests(CameraStorage storage, double tolerance)
{
    private readonly string _folder = Directory.CreateTempSubdirectory("divla-round-trip-").FullName;
    private Witness _witness = null!;
    private LeRobotDataset _dataset = null!;

    [OneTimeSetUp]
    public async Task RecordAnEpisode()
    {
        await using var server = await DivlaServer.StartAsync(new ServiceOptions { BundleDirectory = RandomBundle.Directory, UseFreePortsWhenTaken = true, Log = new LogOptions { Console = false } }, CancellationToken.None);
        var directory = Path.Combine(_folder, "dataset");
        // A machine so busy that the session is lost interrupts an episode; the next one does as well.
        for (ulong seed = 5; Kept(directory) == 0 && seed < 15; seed++) await RecordAsync(server, directory, EpisodeSampler.Sample(SeedSplit.Training, seed, TaskFamily.Direct));
        _dataset = LeRobotDataset.Open(directory);
    }

    [OneTimeTearDown]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Rows_CoverTheEpisode()
    {
        Assert.That(_dataset.Episodes, Has.Count.EqualTo(1));
        Assert.That(_dataset.Rows, Is.InRange(20, 200));
    }

    [Test]
    public void States_AreWhatTheArmReported()
    {
        var states = _dataset.Reals(FeatureNames.State).ToArray().Chunk(8).ToArray();
        var captured = _dataset.Integers(RobotSchema.CapturedNs).ToArray();
        for (var row = 0; row < states.Length; row++)
        {
            var state = _witness.Observed[captured[row]].State;
            Assert.That(states[row], Is.EqualTo(Singles(state.Joints, state.GripperWidth)), $"row {row}");
        }
    }

    [Test]
    public void Actions_AreWhatTheArmWasTold()
    {
        var actions = _dataset.Reals(FeatureNames.Action).ToArray().Chunk(8).ToArray();
        var ticks = _dataset.Integers(RobotSchema.Tick).ToArray();
        for (var row = 0; row < actions.Length; row++)
        {
            var told = _witness.Told[(ulong)ticks[row]].Select(action => Singles(action.Command.Joints, action.Command.GripperWidth));
            Assert.That(told, Has.Some.EqualTo(actions[row]), $"row {row}");
        }
    }

    [Test]
    public void Phrases_AreWhatSteeredTheArm()
    {
        var ticks = _dataset.Integers(RobotSchema.Tick).ToArray();
        for (var row = 0; row < ticks.Length; row++)
        {
            var steering = _witness.Told[(ulong)ticks[row]][^1].PhraseId;
            if (steering == 0) continue;
            Assert.That(_dataset.PhraseAt(_dataset.Episodes[0], row, LanguageRow.SubtaskStyle), Is.EqualTo(_witness.Said[steering]), $"row {row}");
        }
    }

    [TestCase("front", 0)]
    [TestCase("wrist", 1)]
    public void Pictures_AreWhatTheCamerasSaw(string name, int camera)
    {
        var captured = _dataset.Integers(RobotSchema.CapturedNs).ToArray();
        foreach (var frame in _dataset.Frames(RobotSchema.ColumnOf(name)))
            Assert.That(Difference(frame.Rgb, _witness.Observed[captured[frame.Row]].Frames[camera]), Is.LessThanOrEqualTo(tolerance), $"row {frame.Row}");
    }

    private async Task RecordAsync(DivlaServer server, string directory, Episode episode)
    {
        await using var recorder = new SessionRecorder(new RecorderOptions { Directory = directory, Contract = SimulatedCameras.ContractOf(ArmProfiles.Panda), Encodings = SimulatedCameras.Encodings, Cameras = storage });
        _witness = new Witness(recorder);
        var options = new SimulatedRobotOptions { Address = server.GrpcAddress, TickLimit = 110, ControlWatcher = _witness };
        await using var robot = new SimulatedRobot(options, [episode], new Bounds(recorder));
        await robot.RunAsync(CancellationToken.None);
        recorder.EndEpisode(keep: true);
    }

    private static int Kept(string directory)
    {
        var info = Path.Combine(directory, "meta", "info.json");
        return File.Exists(info) ? JsonNode.Parse(File.ReadAllText(info))!["total_episodes"]!.GetValue<int>() : 0;
    }

    private static double[] Singles(JointPositions joints, double gripper) => [.. joints.AsSpan().ToArray().Append(gripper).Select(value => (double)(float)value)];

    // Root mean square, of 255.
    private static double Difference(byte[] a, byte[] b) => Math.Sqrt(a.Zip(b, (x, y) => (double)(x - y) * (x - y)).Average());

    private sealed class Witness(SessionRecorder recorder) : RobotControlWatcher
    {
        public Dictionary<long, (RobotState State, byte[][] Frames)> Observed { get; } = [];

        public Dictionary<ulong, List<RobotAction>> Told { get; } = [];

        public Dictionary<ulong, string> Said { get; } = [];

        public override void OnAccepted(SessionAccepted session) => recorder.OnAccepted(session);

        public override void OnObserved(MonotonicTime capturedAt, in RobotState state, ReadOnlySpan<ReadOnlyMemory<byte>> frames)
        {
            Observed[capturedAt.Nanoseconds] = (state, [.. frames.ToArray().Select(frame => frame.ToArray())]);
            recorder.OnObserved(capturedAt, state, frames);
        }

        public override void OnAction(in RobotAction action)
        {
            if (!Told.TryGetValue(action.Tick, out var actions)) Told[action.Tick] = actions = [];
            actions.Add(action);
            recorder.OnAction(action);
        }

        public override void OnPhrase(Phrase phrase)
        {
            Said[phrase.PhraseId] = phrase.Text;
            recorder.OnPhrase(phrase);
        }
    }

    private sealed class Bounds(SessionRecorder recorder) : SimulatedRobotWatcher
    {
        public override void OnEpisodeStarted(Episode episode) => recorder.BeginEpisode(episode.Instruction);

        public override void OnEpisodeEnded(EpisodeResult result) => recorder.EndEpisode(keep: true);
    }
}
