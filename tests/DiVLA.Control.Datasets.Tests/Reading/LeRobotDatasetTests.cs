using System.Text.Json;
using DiVLA.Control.Datasets.Format;
using DiVLA.Control.Datasets.Reading;
using DiVLA.Control.Datasets.Tests.Support;
using DiVLA.Control.Datasets.Video;

namespace DiVLA.Control.Datasets.Tests.Reading;

internal sealed class LeRobotDatasetTests
{
    [TestCase("panda-images", new[] { 40, 25 }, 20)]
    [TestCase("panda-video", new[] { 45, 30, 20 }, 30)]
    public void Open_ALibraryDataset_FindsAllEpisodes(string name, int[] lengths, int fps)
    {
        var dataset = LeRobotDataset.Open(LibraryDatasets.PathOf(name));
        Assert.Multiple(() =>
        {
            Assert.That(dataset.Episodes.Select(episode => episode.Length), Is.EqualTo(lengths));
            Assert.That(dataset.Rows, Is.EqualTo(lengths.Sum()));
            Assert.That(dataset.Info.Fps, Is.EqualTo(fps));
            Assert.That(dataset.Tasks, Has.Count.EqualTo(2).And.All.Not.Empty);
        });
    }

    [TestCase("panda-images")]
    [TestCase("panda-video")]
    public void Tasks_OfRows_AreThoseOfTheirEpisode(string name)
    {
        var dataset = LeRobotDataset.Open(LibraryDatasets.PathOf(name));
        foreach (var episode in dataset.Episodes)
            for (var row = episode.From; row < episode.To; row++) Assert.That(episode.Tasks, Does.Contain(dataset.TaskOf(row)));
    }

    // The library's own statistics tell whether its numbers were read.
    [TestCase("panda-images", "observation.state")]
    [TestCase("panda-images", "action")]
    [TestCase("panda-video", "observation.state")]
    [TestCase("panda-video", "action")]
    public void Reals_OfAColumn_HaveTheLibrarysExtremes(string name, string column)
    {
        var dataset = LeRobotDataset.Open(LibraryDatasets.PathOf(name));
        using var statistics = JsonDocument.Parse(File.ReadAllText(Path.Combine(dataset.Directory, "meta/stats.json")));
        var rows = dataset.Reals(column).ToArray().Chunk(8).ToArray();
        Assert.That(rows, Has.Length.EqualTo(dataset.Rows));
        for (var i = 0; i < 8; i++)
        {
            Assert.That(rows.Min(row => row[i]), Is.EqualTo(statistics.RootElement.GetProperty(column).GetProperty("min")[i].GetDouble()).Within(1e-7));
            Assert.That(rows.Max(row => row[i]), Is.EqualTo(statistics.RootElement.GetProperty(column).GetProperty("max")[i].GetDouble()).Within(1e-7));
        }
    }

    [Test]
    public void PhraseAt_WithoutLanguageColumns_IsNull()
    {
        var dataset = LeRobotDataset.Open(LibraryDatasets.Images);
        Assert.That(dataset.PhraseAt(dataset.Episodes[0], 3, LanguageRow.SubtaskStyle), Is.Null);
    }

    [TestCase("observation.images.front")]
    [TestCase("observation.images.wrist")]
    public void Frames_OfAVideo_AreThoseOfFfmpegOneByOne(string camera)
    {
        using var folder = new TemporaryFolder();
        var dataset = LeRobotDataset.Open(LibraryDatasets.Video);
        var file = Path.Combine(dataset.Directory, $"videos/{camera}/chunk-000/file-000.mp4");
        Program.Run("ffmpeg", "-v", "error", "-i", file, "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb24", folder["all.rgb"]);
        AssertFrames(dataset, camera, File.ReadAllBytes(folder["all.rgb"]));
    }

    // Seeking decodes from elsewhere and must show the same picture: the row's time finds the row's frame.
    [TestCase(0)]
    [TestCase(44)]
    [TestCase(45)]
    [TestCase(94)]
    public void Frame_OfARow_IsTheOneShownAtItsTime(int row)
    {
        using var folder = new TemporaryFolder();
        const string camera = "observation.images.front";
        var dataset = LeRobotDataset.Open(LibraryDatasets.Video);
        var episode = dataset.Episodes.Single(episode => row >= episode.From && row < episode.To);
        var time = FormattableString.Invariant($"{episode.Videos[camera].FromSeconds + dataset.Reals("timestamp")[row]:F6}");
        var file = Path.Combine(dataset.Directory, $"videos/{camera}/chunk-000/file-000.mp4");
        Program.Run("ffmpeg", "-v", "error", "-ss", time, "-i", file, "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgb24", folder["one.rgb"]);
        Assert.That(dataset.Frames(camera).First(frame => frame.Row == row).Rgb, Is.EqualTo(File.ReadAllBytes(folder["one.rgb"])));
    }

    [TestCase("observation.images.front", 160, 128)]
    [TestCase("observation.images.wrist", 96, 96)]
    public void Probe_OfAVideo_TellsSizeAndTheTimeOfEveryFrame(string camera, int width, int height)
    {
        var video = VideoProbe.Read(Path.Combine(LibraryDatasets.Video, $"videos/{camera}/chunk-000/file-000.mp4"));
        Assert.Multiple(() =>
        {
            Assert.That((video.Width, video.Height, video.Codec, video.PixelFormat), Is.EqualTo((width, height, "av1", "yuv420p")));
            Assert.That(video.Times, Has.Length.EqualTo(95));
            Assert.That(video.Times, Is.EqualTo(Enumerable.Range(0, 95).Select(frame => frame / 30.0)).Within(1e-5));
        });
    }

    [TestCase("observation.images.front")]
    [TestCase("observation.images.wrist")]
    public void Frames_OfImageColumns_AreThoseOfFfmpegOneByOne(string camera)
    {
        using var folder = new TemporaryFolder();
        var dataset = LeRobotDataset.Open(LibraryDatasets.Images);
        foreach (var (row, png) in EmbeddedFiles.Of(dataset, camera).Index()) File.WriteAllBytes(folder[FormattableString.Invariant($"{row:0000}.png")], png);
        Program.Run("ffmpeg", "-v", "error", "-i", folder["%04d.png"], "-f", "rawvideo", "-pix_fmt", "rgb24", folder["all.rgb"]);
        AssertFrames(dataset, camera, File.ReadAllBytes(folder["all.rgb"]));
    }

    private static void AssertFrames(LeRobotDataset dataset, string camera, byte[] expected)
    {
        var shape = dataset.Info.Features[camera].Shape;
        var size = shape[0] * shape[1] * 3;
        Assert.That(expected, Has.Length.EqualTo(dataset.Rows * size));
        var next = 0L;
        foreach (var frame in dataset.Frames(camera))
        {
            Assert.That(frame.Row, Is.EqualTo(next));
            Assert.That(frame.Rgb.AsSpan().SequenceEqual(expected.AsSpan((int)next * size, size)), $"row {next}");
            next++;
        }
        Assert.That(next, Is.EqualTo(dataset.Rows));
    }
}
