using DiVLA.Control.Client;
using DiVLA.Control.Datasets.Format;
using DiVLA.Control.Datasets.Images;
using DiVLA.Control.Datasets.Reading;
using DiVLA.Control.Datasets.Recording;
using DiVLA.Control.Datasets.Tests.Support;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Robot;
using Contract = DiVLA.Control.Robot.EmbodimentContract;
using RobotState = DiVLA.Control.Robot.RobotState;

namespace DiVLA.Control.Datasets.Tests.Recording;

internal sealed class SessionRecorderTests
{
    private readonly List<RecordedEpisode> _ended = [];
    private TemporaryFolder _folder = null!;
    private ulong _tick;

    [SetUp]
    public void CreateFolder()
    {
        _tick = 0;
        _folder = new TemporaryFolder();
        _ended.Clear();
    }

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public async Task EndEpisode_Kept_HasWhatPassed()
    {
        await using (var recorder = new SessionRecorder(Options()))
        {
            recorder.BeginEpisode("lift it");
            Play(recorder, 5, phrase: 3);
            recorder.OnPhrase(new Phrase { PhraseId = 3, Text = "now lifting" });
            recorder.EndEpisode(keep: true);
        }
        var dataset = LeRobotDataset.Open(_folder.Root);
        Assert.Multiple(() =>
        {
            Assert.That(dataset.Tasks, Is.EqualTo(new[] { "lift it" }));
            Assert.That(dataset.Reals(FeatureNames.State).ToArray(), Is.EqualTo(Enumerable.Range(0, 5).SelectMany(n => (double[])[n, n + 0.5, 0.25])));
            Assert.That(dataset.Reals(FeatureNames.Action).ToArray(), Is.EqualTo(Enumerable.Range(0, 5).SelectMany(n => (double[])[-n, n, 0.75])));
            Assert.That(dataset.Integers(RobotSchema.Tick).ToArray(), Is.EqualTo(Enumerable.Range(0, 5)));
            Assert.That(dataset.Integers(RobotSchema.CapturedNs).ToArray(), Is.EqualTo(Enumerable.Range(0, 5).Select(n => 1000L * n)));
            Assert.That(dataset.Integers(RobotSchema.Holding).ToArray(), Is.EqualTo(new[] { 1, 1, 1, 1, 1 }));
            Assert.That(dataset.PhraseAt(dataset.Episodes[0], 4, LanguageRow.SubtaskStyle), Is.EqualTo("now lifting"));
            Assert.That(dataset.Info.Features[FeatureNames.State].DimensionNames(), Is.EqualTo(new[] { "shoulder", "elbow", "gripper" }));
        });
        foreach (var frame in dataset.Frames("observation.images.top")) Assert.That(frame.Rgb, Is.EqualTo(Picture((int)frame.Row)));
    }

    [Test]
    public async Task OnObserved_PngFrames_AreUnpacked()
    {
        await using (var recorder = new SessionRecorder(Options() with { Encodings = [ImageEncoding.Png] }))
        {
            recorder.BeginEpisode("look");
            Play(recorder, 3, pack: picture => PngCodec.Encode(picture, 8, 8));
            recorder.EndEpisode(keep: true);
        }
        foreach (var frame in LeRobotDataset.Open(_folder.Root).Frames("observation.images.top")) Assert.That(frame.Rgb, Is.EqualTo(Picture((int)frame.Row)));
    }

    [Test]
    public async Task OnAction_BeforeTheFirstPlan_MakesNoRow()
    {
        await using (var recorder = new SessionRecorder(Options()))
        {
            recorder.BeginEpisode("wait");
            Play(recorder, 4, reason: LadderReason.NoTrajectory);
            Play(recorder, 2);
            recorder.EndEpisode(keep: true);
        }
        Assert.That(_ended.Single().Rows, Is.EqualTo(2));
    }

    [Test]
    public async Task EndEpisode_NotKept_LeavesNoTrace()
    {
        await using (var recorder = new SessionRecorder(Options()))
        {
            recorder.BeginEpisode("drop it");
            Play(recorder, 4);
            recorder.EndEpisode(keep: false);
            recorder.BeginEpisode("keep it");
            Play(recorder, 3);
            recorder.EndEpisode(keep: true);
        }
        Assert.That(_ended.Select(episode => (episode.Outcome, episode.Index)), Is.EqualTo(new (RecordingOutcome, int?)[] { (RecordingOutcome.Discarded, null), (RecordingOutcome.Kept, 0) }));
        Assert.That(LeRobotDataset.Open(_folder.Root).Tasks, Is.EqualTo(new[] { "keep it" }));
    }

    [Test]
    public async Task EndEpisode_WithoutARow_IsEmpty()
    {
        await using (var recorder = new SessionRecorder(Options()))
        {
            recorder.BeginEpisode("nothing");
            recorder.EndEpisode(keep: true);
        }
        Assert.That(_ended.Single().Outcome, Is.EqualTo(RecordingOutcome.Empty));
    }

    [Test]
    public async Task OnAccepted_InTheMiddleOfAnEpisode_InterruptsIt()
    {
        await using (var recorder = new SessionRecorder(Options()))
        {
            recorder.BeginEpisode("go on");
            recorder.OnAccepted(new SessionAccepted());
            Play(recorder, 3);
            recorder.OnAccepted(new SessionAccepted());
            Play(recorder, 3);
            recorder.EndEpisode(keep: true);
        }
        Assert.That(_ended.Select(episode => (episode.Outcome, episode.Rows)), Is.EqualTo(new[] { (RecordingOutcome.Interrupted, 3) }));
    }

    [Test]
    public async Task DisposeAsync_InTheMiddleOfAnEpisode_KeepsTheOnesBefore()
    {
        await using (var recorder = new SessionRecorder(Options()))
        {
            recorder.BeginEpisode("first");
            Play(recorder, 3);
            recorder.EndEpisode(keep: true);
            recorder.BeginEpisode("second");
            Play(recorder, 2);
        }
        Assert.That(LeRobotDataset.Open(_folder.Root).Rows, Is.EqualTo(3));
    }

    // The writer waits in the callback of the first episode, so that the rows of the second one pile up.
    [Test]
    public async Task OnAction_FasterThanTheWriter_LosesTheEpisodeAsAWhole()
    {
        using var release = new ManualResetEventSlim();
        var options = Options() with { BacklogRows = 4, Ended = episode => { _ended.Add(episode); release.Wait(); } };
        await using (var recorder = new SessionRecorder(options))
        {
            foreach (var rows in (int[])[1, 9])
            {
                recorder.BeginEpisode($"{rows} rows");
                Play(recorder, rows);
                recorder.EndEpisode(keep: true);
                Assert.That(() => _ended, Has.Count.EqualTo(1).After(10_000, 10));
            }
            release.Set();
        }
        Assert.That(_ended.Select(episode => episode.Outcome), Is.EqualTo(new[] { RecordingOutcome.Kept, RecordingOutcome.Overrun }));
    }

    [Test]
    public void DisposeAsync_AfterAFrameOfAnotherSize_SaysWhichCamera()
    {
        var recorder = new SessionRecorder(Options());
        recorder.BeginEpisode("look");
        Play(recorder, 1, pack: _ => new byte[5]);
        recorder.EndEpisode(keep: true);
        Assert.That(async () => await recorder.Completion, Throws.InstanceOf<InvalidDataException>());
        Assert.That(async () => await recorder.DisposeAsync(), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("Camera top: found 5 bytes"));
    }

    [Test]
    public void Create_WrongOptions_NamesThemAll()
    {
        var wrong = Assert.Throws<ArgumentException>(() => new SessionRecorder(Options() with { Fps = 100, Encodings = [], BacklogRows = 0 }))!;
        Assert.That(wrong.Message, Does.Contain("Fps").And.Contain("Encodings").And.Contain("BacklogRows"));
    }

    private RecorderOptions Options() => new()
    {
        Directory = _folder.Root,
        Contract = new Contract
        {
            Embodiment = "two-joints",
            JointNames = ["shoulder", "elbow"],
            PositionLowerRad = [-3, -3],
            PositionUpperRad = [3, 3],
            VelocityLimitRadPerS = [1, 1],
            AccelerationLimitRadPerS2 = [1, 1],
            JerkLimitRadPerS3 = [1, 1],
            GripperOpenWidthM = 0.08,
            GripperClosedWidthM = 0,
            ControlRateHz = 82,
            Cameras = [new ContractCamera("top", 8, 8)],
            StateId = "s",
            LatentId = "l",
        },
        Encodings = [ImageEncoding.Rgb8],
        Ended = _ended.Add,
    };

    // As a robot does: an observation, then the command that came after it.
    private void Play(SessionRecorder recorder, int ticks, ulong phrase = 0, LadderReason reason = LadderReason.None, Func<byte[], byte[]>? pack = null)
    {
        for (var n = 0; n < ticks; n++)
        {
            var state = new RobotState(new JointPositions([n, n + 0.5]), default, default, 0.25, true);
            var picture = Picture(n);
            recorder.OnObserved(new MonotonicTime(1000 * n), state, [pack?.Invoke(picture) ?? picture]);
            recorder.OnAction(new RobotAction(
                _tick++, default, default, new RobotCommand(new JointPositions([-n, n]), 0.75), LadderState.Fresh, reason, 0, phrase, PhraseFreshness.Unspecified, false, null));
        }
    }

    private static byte[] Picture(int n) => [.. Enumerable.Range(0, 8 * 8 * 3).Select(i => (byte)(i + 10 * n))];
}
