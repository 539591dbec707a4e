using DiVLA.Control.Datasets.Format;
using DiVLA.Control.Datasets.Reading;
using DiVLA.Control.Datasets.Tests.Support;
using DiVLA.Control.Datasets.Video;
using DiVLA.Control.Datasets.Writing;

namespace DiVLA.Control.Datasets.Tests.Writing;

internal sealed class DatasetWriterTests
{
    private const string Camera = "observation.images.front";

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Commit_ImageColumns_ReadBackExactly()
    {
        Record("image", VideoCodec.Av1, 12, 7);
        var dataset = LeRobotDataset.Open(_folder.Root);
        Assert.That(dataset.Reals(FeatureNames.State).ToArray(), Is.EqualTo(Enumerable.Range(0, 12).Concat(Enumerable.Range(0, 7)).SelectMany(row => (double[])[row, -row])));
        Assert.That(dataset.Integers("flag").ToArray(), Is.EqualTo(Enumerable.Range(0, 12).Concat(Enumerable.Range(0, 7)).Select(row => (long)(row % 2))));
        foreach (var (frame, row) in dataset.Frames(Camera).Zip(Enumerable.Range(0, 12).Concat(Enumerable.Range(0, 7)))) Assert.That(frame.Rgb, Is.EqualTo(Scenes.Draw(row, 64, 64)));
    }

    [TestCase(VideoCodec.Av1)]
    [TestCase(VideoCodec.H264)]
    public void Commit_Videos_ReadBackWithinTheCodecsError(VideoCodec codec)
    {
        Record("video", codec, 12, 7);
        var dataset = LeRobotDataset.Open(_folder.Root);
        var rows = Enumerable.Range(0, 12).Concat(Enumerable.Range(0, 7)).ToArray();
        var frames = dataset.Frames(Camera).Select(frame => (frame.Row, Rgb: frame.Rgb.ToArray())).ToArray();
        Assert.That(frames.Select(frame => frame.Row), Is.EqualTo(Enumerable.Range(0, 19)));
        foreach (var (frame, row) in frames.Zip(rows))
        {
            // The square moves every row: another row's frame differs by far more.
            var own = Scenes.Difference(frame.Rgb, Scenes.Draw(row, 64, 64));
            Assert.That(own, Is.LessThan(8));
            Assert.That(own, Is.LessThan(0.5 * Scenes.Difference(frame.Rgb, Scenes.Draw(row + 1, 64, 64))));
        }
    }

    [Test]
    public void Commit_Phrases_HoldFromTheirTimeOn()
    {
        var writer = DatasetWriter.Open(_folder.Root, Specification("image", VideoCodec.Av1));
        using (var draft = writer.Begin())
        {
            for (var row = 0; row < 10; row++) AddRow(draft, row);
            draft.Say(new LanguageRow(LanguageRow.Assistant, "now reaching", LanguageRow.SubtaskStyle, 2 / 10f));
            draft.Say(new LanguageRow(LanguageRow.Assistant, "now grasping", LanguageRow.SubtaskStyle, 7 / 10f));
            writer.Commit(draft, "put it there");
        }
        var dataset = LeRobotDataset.Open(_folder.Root);
        var phrases = Enumerable.Range(0, 10).Select(row => dataset.PhraseAt(dataset.Episodes[0], row, LanguageRow.SubtaskStyle));
        Assert.That(phrases, Is.EqualTo(new[] { null, null, "now reaching", "now reaching", "now reaching", "now reaching", "now reaching", "now grasping", "now grasping", "now grasping" }));
    }

    [Test]
    public void Open_ADataset_AppendsToIt()
    {
        Record("image", VideoCodec.Av1, 3);
        Record("image", VideoCodec.Av1, 4, 5);
        var dataset = LeRobotDataset.Open(_folder.Root);
        Assert.That(dataset.Episodes.Select(episode => episode.Length), Is.EqualTo(new[] { 3, 4, 5 }));
        Assert.That(dataset.Tasks, Is.EqualTo(new[] { "task of 3", "task of 4", "task of 5" }));
        Assert.That(File.ReadAllText(_folder["meta/stats.json"]), Does.Contain("12"));
    }

    [Test]
    public void Open_ADatasetOfOtherColumns_NamesEveryDifference()
    {
        Record("image", VideoCodec.Av1, 3);
        var other = Specification("image", VideoCodec.Av1) with { Fps = 20 };
        other.Features.Remove("flag");
        other.Features["extra"] = Feature.Scalar("int64");
        other.Features[Camera] = Feature.Camera("image", 32, 32);
        var rejected = Assert.Throws<DatasetRejectedException>(() => DatasetWriter.Open(_folder.Root, other))!;
        Assert.That(rejected.Faults.Select(fault => fault.Column), Is.EquivalentTo(new[] { "fps", "features.flag", "features.extra", $"features.{Camera}" }));
    }

    [Test]
    public void Open_AFolderOfOtherThings_IsRefused()
    {
        File.WriteAllText(_folder["notes.txt"], "mine");
        Assert.Throws<IOException>(() => DatasetWriter.Open(_folder.Root, Specification("image", VideoCodec.Av1)));
    }

    [Test]
    public void EndRow_WithAColumnMissing_NamesIt()
    {
        using var draft = DatasetWriter.Open(_folder.Root, Specification("image", VideoCodec.Av1)).Begin();
        draft.Add(FeatureNames.State, 1f, 2f);
        Assert.That(draft.EndRow, Throws.InvalidOperationException.With.Message.Contains(Camera));
    }

    [TestCase("image")]
    [TestCase("video")]
    public void Dispose_OfADraft_LeavesNoTrace(string storage)
    {
        Record(storage, VideoCodec.H264, 3);
        var before = Files();
        using (var draft = DatasetWriter.Open(_folder.Root, Specification(storage, VideoCodec.H264)).Begin()) AddRow(draft, 0);
        Assert.That(Files(), Is.EqualTo(before));
    }

    // What a kill leaves behind: everything of the third episode up to a certain file.
    [TestCase("videos")]
    [TestCase("data")]
    [TestCase("meta/tasks.parquet")]
    [TestCase("meta/episodes")]
    [TestCase("meta/stats.json")]
    public void Open_AfterBeingKilled_KeepsTheFinishedEpisodesAndGoesOn(string lastWritten)
    {
        Record("video", VideoCodec.H264, 3, 4);
        using var before = new TemporaryFolder();
        Copy(_folder.Root, before.Root);
        Record("video", VideoCodec.H264, 5);
        Undo(before.Root, lastWritten);
        Directory.CreateDirectory(_folder[".unfinished/episode-0"]);
        File.WriteAllText(_folder["data/chunk-000/file-007.parquet.part"], "half");
        Record("video", VideoCodec.H264, 6);
        var dataset = LeRobotDataset.Open(_folder.Root);
        Assert.Multiple(() =>
        {
            Assert.That(dataset.Episodes.Select(episode => episode.Length), Is.EqualTo(new[] { 3, 4, 6 }));
            Assert.That(dataset.Tasks, Is.EqualTo(new[] { "task of 3", "task of 4", "task of 6" }));
            Assert.That(dataset.Frames(Camera).Count(), Is.EqualTo(13));
            Assert.That(Directory.EnumerateFiles(_folder.Root, "*.part", SearchOption.AllDirectories), Is.Empty);
        });
    }

    [Test]
    public void Open_ByAReader_AfterBeingKilledBetweenTwoFiles_SaysWhatToDo()
    {
        Record("image", VideoCodec.Av1, 3, 4);
        var info = File.ReadAllText(_folder["meta/info.json"]);
        Record("image", VideoCodec.Av1, 5);
        File.WriteAllText(_folder["meta/info.json"], info);
        var rejected = Assert.Throws<DatasetRejectedException>(() => LeRobotDataset.Open(_folder.Root))!;
        Assert.That(rejected.Message, Does.Contain("append to it with `divla record`"));
    }

    [Test]
    public void Open_VideosWithoutFfmpeg_NamesTheFix()
    {
        var path = Environment.GetEnvironmentVariable("PATH");
        Environment.SetEnvironmentVariable("PATH", _folder.Root);
        try
        {
            var missing = Assert.Throws<FfmpegException>(() => DatasetWriter.Open(_folder["new"], Specification("video", VideoCodec.Av1)))!;
            Assert.That(missing.Message, Does.Contain("apt-get install ffmpeg").And.Contain("image columns"));
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", path);
        }
    }

    private void Record(string storage, VideoCodec codec, params int[] lengths)
    {
        var writer = DatasetWriter.Open(_folder.Root, Specification(storage, codec));
        foreach (var length in lengths)
        {
            using var draft = writer.Begin();
            for (var row = 0; row < length; row++) AddRow(draft, row);
            writer.Commit(draft, $"task of {length}");
        }
    }

    private static DatasetSpecification Specification(string storage, VideoCodec codec) => new()
    {
        Fps = 10,
        RobotType = "arm",
        Codec = codec,
        Features = new OrderedDictionary<string, Feature>
        {
            [FeatureNames.State] = Feature.Vector("float32", ["up", "down"]),
            [Camera] = Feature.Camera(storage, 64, 64),
            ["flag"] = Feature.Scalar("bool"),
            [FeatureNames.LanguagePersistent] = Feature.Scalar("language"),
            [FeatureNames.LanguageEvents] = Feature.Scalar("language"),
        },
    };

    private static void AddRow(EpisodeDraft draft, int row)
    {
        draft.Add(FeatureNames.State, row, -row);
        draft.Add("flag", row % 2 == 1);
        draft.AddPicture(Camera, Scenes.Draw(row, 64, 64));
        draft.EndRow();
    }

    // Takes back the files that come after the last one written; info.json always does.
    private void Undo(string before, string lastWritten)
    {
        string[] order = ["videos", "data", "meta/tasks.parquet", "meta/episodes", "meta/stats.json", "meta/info.json"];
        foreach (var part in order.Skip(Array.IndexOf(order, lastWritten) + 1))
            if (File.Exists(Path.Combine(before, part))) File.Copy(Path.Combine(before, part), _folder[part], overwrite: true);
            else
            {
                Directory.Delete(_folder[part], recursive: true);
                Copy(Path.Combine(before, part), _folder[part]);
            }
    }

    private List<string> Files() => [.. Directory.EnumerateFiles(_folder.Root, "*", SearchOption.AllDirectories).Order()];

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
