using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.Training.Data;
using DiVLA.Control.Training.Demonstrations;
using DiVLA.Control.Training.Embodiments;

namespace DiVLA.Control.Training.Tests.Demonstrations;

internal sealed class DemonstrationMixTests
{
    private const int FrameBytes = 64 * 64 * 3;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("divla-mix-");
    private readonly ExpertRecording _first = new(rows: 80);
    private readonly ExpertRecording _second = new(rows: [70, 66]);
    private DemonstrationSet _set = null!;
    private FrameStore _frames = null!;

    [OneTimeSetUp]
    public void Open()
    {
        _set = DemonstrationSet.Open([_first.Root, _second.Root], new ColumnMap(), ArmProfiles.Panda, TestConfiguration.Tiny.Cameras);
        _frames = FrameStore.Open(_folder.FullName, _set, TestConfiguration.Tiny.Cameras, (_, _) => { }, CancellationToken.None);
    }

    [OneTimeTearDown]
    public void Delete()
    {
        _frames.Dispose();
        _first.Dispose();
        _second.Dispose();
        _folder.Delete(recursive: true);
    }

    [Test]
    public void Locate_EveryRow_CountsThroughTheDatasets()
    {
        Assert.That(_set.Rows, Is.EqualTo(216));
        Assert.That(_set.Locate(79), Is.EqualTo((_set.Datasets[0], 79L)));
        Assert.That(_set.Locate(80), Is.EqualTo((_set.Datasets[1], 0L)));
        Assert.That(_set.Locate(215), Is.EqualTo((_set.Datasets[1], 135L)));
    }

    [TestCase(0, 0)]
    [TestCase(79, 79)]
    [TestCase(80, 0)]
    [TestCase(151, 1)]
    public void Read_AnyRow_GivesItsPicturesAtThePolicysSize(int row, int rowOfEpisode)
    {
        var pictures = new byte[2 * FrameBytes];
        _frames.Read(row, pictures);
        Assert.That(pictures[..FrameBytes], Is.All.EqualTo(ExpertRecording.Shade(rowOfEpisode, 0)));
        Assert.That(pictures[FrameBytes..], Is.All.EqualTo(ExpertRecording.Shade(rowOfEpisode, 1)));
    }

    [Test]
    public void Open_ASecondTime_ReadsNoPictures()
    {
        var decoded = 0;
        FrameStore.Open(_folder.FullName, _set, TestConfiguration.Tiny.Cameras, (_, _) => decoded++, CancellationToken.None).Dispose();
        Assert.That(decoded, Is.Zero);
    }

    [Test]
    public void Open_CutShort_LeavesNoStore()
    {
        using var stop = new CancellationTokenSource();
        var folder = Directory.CreateDirectory(Path.Combine(_folder.FullName, "cut")).FullName;
        Assert.Throws<OperationCanceledException>(() => FrameStore.Open(folder, _set, TestConfiguration.Tiny.Cameras, (_, _) => stop.Cancel(), stop.Token));
        Assert.That(Directory.GetFiles(folder, "*.rgb"), Is.Empty);
    }

    [Test]
    public void Fill_SameStepTwice_GivesTheSameBytes()
    {
        var (a, b, other) = (Filled(5), Filled(5), Filled(6));
        Assert.Multiple(() =>
        {
            Assert.That(b.Frames, Is.EqualTo(a.Frames));
            Assert.That(b.State, Is.EqualTo(a.State));
            Assert.That(b.Latents, Is.EqualTo(a.Latents));
            Assert.That(b.NextWord, Is.EqualTo(a.NextWord));
            Assert.That(other.Latents, Is.Not.EqualTo(a.Latents));
        });
    }

    [Test]
    public void Fill_HalfABatch_LeavesTheFirstHalfAlone()
    {
        var batch = new Batch(TestConfiguration.Tiny, TestConfiguration.Vocabulary, 8);
        Mix(0.5).Fill(batch, 3, 0);
        Assert.That(batch.State.AsSpan(0, 4 * 11).ToArray(), Is.All.Zero);
        Assert.That(batch.State.AsSpan(4 * 11, 4 * 11).ToArray(), Is.Not.All.Zero);
        Assert.That(batch.Family[4..], Is.All.Null);
    }

    [Test]
    public void Write_ADemonstration_AsksForNothingUnknown()
    {
        var batch = new Batch(TestConfiguration.Tiny, TestConfiguration.Vocabulary, 2);
        var writer = new DemonstrationWriter(TestConfiguration.Tiny, TestConfiguration.Vocabulary);
        writer.Write(batch, 0, _set.Datasets[0].At(0));
        writer.Write(batch, 1, _set.Datasets[0].At(60));
        var words = TestConfiguration.Vocabulary.Encode(ExpertRecording.Phrase);
        Assert.Multiple(() =>
        {
            Assert.That(batch.NextWord[..17], Is.All.EqualTo(Batch.Ignored));
            Assert.That(batch.PhraseMask[..16], Is.All.Zero);
            Assert.That(batch.Phrase[16..].Take(words.Length), Is.EqualTo(words));
            Assert.That(batch.NextWord[17..].Take(words.Length + 1), Is.EqualTo(words.Append(Vocabulary.Eos)));
            Assert.That(batch.PhraseMask[16..].Sum(), Is.EqualTo(words.Length));
            Assert.That(batch.Presence, Is.All.EqualTo(Batch.Unknown));
        });
    }

    [Test]
    public void Write_ADemonstration_WhitensTheLatent()
    {
        var batch = new Batch(TestConfiguration.Tiny, TestConfiguration.Vocabulary, 2);
        var demonstration = _set.Datasets[0].At(20);
        new DemonstrationWriter(TestConfiguration.Tiny, TestConfiguration.Vocabulary).Write(batch, 1, demonstration);
        var motion = demonstration.Future[15].Tool.Origin - demonstration.Commanded.Origin;
        Assert.That(batch.Latents[(16 + 15) * 7], Is.EqualTo(motion.X / TestConfiguration.Tiny.Latent.Rms[15][0]).Within(1e-5));
    }

    [Test]
    public void TooLong_ForASmallPolicy_NamesTheTexts()
    {
        var prompt = TestConfiguration.Tiny.Prompt with { InstructionTokens = 5, MaxPhraseTokens = 4 };
        Assert.That(_set.TooLong(prompt, TestConfiguration.Vocabulary), Is.EqualTo(new[]
        {
            "instruction 'put the red cube in the left bin' has 8 words, expected at most 5",
            $"phrase '{ExpertRecording.Phrase}' has 16 words, expected at most 4",
        }));
    }

    // The arm's own joints, at the policy's rate: what its MLP has to reproduce.
    [Test]
    public void Draw_OfMotions_GivesCommandedJoints()
    {
        var motions = new DemonstratedMotions(_set);
        var joints = new double[17 * 7];
        motions.Draw(new Simulator.SplitMix64(4), joints);
        var commands = _first.Commands.Concat(_second.Commands).ToArray();
        var start = Array.FindIndex(commands, command => Distance(command.Joints, joints.AsSpan(0, 7)) < 1e-6);
        Assert.That(start, Is.GreaterThanOrEqualTo(0));
    }

    private static double Distance(JointPositions a, ReadOnlySpan<double> b)
    {
        var most = 0.0;
        for (var joint = 0; joint < b.Length; joint++) most = Math.Max(most, Math.Abs(a[joint] - b[joint]));
        return most;
    }

    private Batch Filled(int step)
    {
        var batch = new Batch(TestConfiguration.Tiny, TestConfiguration.Vocabulary, 8);
        Mix(1).Fill(batch, 11, step);
        return batch;
    }

    private DemonstrationMix Mix(double share) => new(_set, _frames, share, TestConfiguration.Tiny, TestConfiguration.Vocabulary);
}
