using System.Text.Json;
using System.Text.Json.Nodes;
using DiVLA.Control.Datasets.Format;
using DiVLA.Control.Datasets.Reading;
using DiVLA.Control.Datasets.Statistics;
using DiVLA.Control.Datasets.Tables;
using DiVLA.Control.Datasets.Tests.Support;

namespace DiVLA.Control.Datasets.Tests.Statistics;

/// <summary>The library's own figures are the ones to meet.</summary>
internal sealed class StatisticsTests
{
    private const string Episodes = "meta/episodes/chunk-000/file-000.parquet";

    [TestCase("panda-images", "observation.state")]
    [TestCase("panda-images", "action")]
    [TestCase("panda-images", "timestamp")]
    [TestCase("panda-video", "observation.state")]
    [TestCase("panda-video", "timestamp")]
    public void Measure_RowsOfAnEpisode_GivesTheLibrarysFigures(string name, string column)
    {
        var dataset = LeRobotDataset.Open(LibraryDatasets.PathOf(name));
        var width = dataset.Info.Features[column].Width;
        foreach (var (episode, expected) in dataset.Episodes.Zip(OfEpisodes(name, column, StatisticsKind.Real)))
        {
            var rows = dataset.Reals(column)[(int)(episode.From * width)..(int)(episode.To * width)];
            AssertSame(ColumnStatistics.Measure(StatisticsKind.Real, rows, width), expected);
        }
    }

    [Test]
    public void Measure_WholeNumbers_GivesTheLibrarysFigures()
    {
        var dataset = LeRobotDataset.Open(LibraryDatasets.Images);
        foreach (var (episode, expected) in dataset.Episodes.Zip(OfEpisodes("panda-images", "index", StatisticsKind.Whole)))
        {
            var rows = Enumerable.Range((int)episode.From, episode.Length).Select(row => (double)row).ToArray();
            AssertSame(ColumnStatistics.Measure(StatisticsKind.Whole, rows, 1), expected);
        }
    }

    [TestCase("observation.images.front")]
    [TestCase("observation.images.wrist")]
    public void Measure_PicturesOfAnEpisode_GivesTheLibrarysFigures(string camera)
    {
        var dataset = LeRobotDataset.Open(LibraryDatasets.Images);
        var expected = OfEpisodes("panda-images", camera, StatisticsKind.Picture);
        foreach (var episode in dataset.Episodes)
        {
            var measured = new PictureStatistics(96, 96);
            foreach (var frame in dataset.Frames(camera).Where(frame => frame.Row >= episode.From && frame.Row < episode.To)) measured.Add(frame.Rgb);
            AssertSamePictures(measured.Measure(), expected[episode.Index]);
        }
    }

    [Test]
    public void Measure_TwoColours_GivesTheirMeanAndDeviation()
    {
        var pictures = new PictureStatistics(2, 1);
        pictures.Add([0, 100, 255, 0, 100, 255]);
        pictures.Add([255, 100, 255, 255, 102, 255]);
        var measured = pictures.Measure();
        Assert.Multiple(() =>
        {
            Assert.That(measured.Count, Is.EqualTo(2));
            Assert.That(measured.Values["mean"], Is.EqualTo(new[] { 0.5, 100.5 / 255, 1 }).Within(1e-12));
            Assert.That(measured.Values["std"], Is.EqualTo(new[] { 0.5, Math.Sqrt(0.75) / 255, 0 }).Within(1e-12));
            Assert.That(measured.Values["q50"], Is.EqualTo(new[] { 0, 100.0 / 255, 1 }).Within(1e-12));
            Assert.That(measured.Values["q99"], Is.EqualTo(new[] { 1, 102.0 / 255, 1 }).Within(1e-12));
        });
    }

    [TestCase("panda-images", "action", StatisticsKind.Real)]
    [TestCase("panda-images", "observation.images.front", StatisticsKind.Picture)]
    [TestCase("panda-video", "observation.state", StatisticsKind.Real)]
    [TestCase("panda-video", "index", StatisticsKind.Whole)]
    public void Join_OfAllEpisodes_GivesTheLibrarysFile(string name, string column, StatisticsKind kind)
    {
        var joined = FeatureStatistics.Join(OfEpisodes(name, column, kind));
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(LibraryDatasets.PathOf(name), "meta/stats.json")));
        var expected = file.RootElement.GetProperty(column);
        Assert.That(joined.Count, Is.EqualTo(expected.GetProperty("count")[0].GetInt64()));
        foreach (var statistic in FeatureStatistics.Names)
            Assert.That(joined.Values[statistic], Is.EqualTo(Numbers(expected.GetProperty(statistic))).Within(1e-6), statistic);
    }

    [Test]
    public void ToJson_OfEveryKind_HasTheLibrarysShape()
    {
        var real = ColumnStatistics.Measure(StatisticsKind.Real, [1, 2, 3, 4], 2);
        var whole = ColumnStatistics.Measure(StatisticsKind.Whole, [1, 2, 3, 4], 1);
        var pictures = new PictureStatistics(1, 1);
        pictures.Add([255, 0, 51]);
        var json = StatisticsFile.ToJson([new("a", real), new("b", whole), new("c", pictures.Measure())]);
        var node = JsonNode.Parse(json)!;
        Assert.Multiple(() =>
        {
            Assert.That(json, Does.Contain("1.0").And.Not.Contain("\"count\": [\n            4.0"));
            Assert.That(node["a"]!["mean"]!.ToJsonString(), Is.EqualTo("[2.0,3.0]"));
            Assert.That(node["b"]!["min"]!.ToJsonString(), Is.EqualTo("[1]"));
            Assert.That(node["c"]!["max"]!.ToJsonString(), Is.EqualTo("[[[1.0]],[[0.0]],[[0.2]]]"));
        });
    }

    private static List<FeatureStatistics> OfEpisodes(string name, string column, StatisticsKind kind)
    {
        using var table = TableReader.TryOpen(LibraryDatasets.PathOf(name), Episodes, new FaultList(name))!;
        return StatisticsColumns.Read(table, column, kind);
    }

    // The library computes in single precision where the column is; its histogram's bins are a 5000th of the range.
    private static void AssertSame(FeatureStatistics found, FeatureStatistics expected)
    {
        Assert.That(found.Count, Is.EqualTo(expected.Count));
        for (var i = 0; i < expected.Values["min"].Length; i++)
        {
            var (mean, range) = (expected.Values["mean"][i], expected.Values["max"][i] - expected.Values["min"][i]);
            foreach (var statistic in (string[])["min", "max", "mean"]) Assert.That(found.Values[statistic][i], Is.EqualTo(expected.Values[statistic][i]).Within(2e-6 + 1e-6 * range), statistic);
            // Variance is what it computes: a mean of squares less a squared mean.
            Assert.That(Math.Pow(found.Values["std"][i], 2), Is.EqualTo(Math.Pow(expected.Values["std"][i], 2)).Within(1e-5 * (mean * mean + range * range)), "std");
            foreach (var (statistic, _) in FeatureStatistics.Quantiles) Assert.That(found.Values[statistic][i], Is.EqualTo(expected.Values[statistic][i]).Within(1e-6 + range * 2 / 5000), statistic);
        }
    }

    // The library adds up hundreds of thousands of pixels in single precision, one by one: its means are off by up to half a percent, its deviations by more.
    private static void AssertSamePictures(FeatureStatistics found, FeatureStatistics expected)
    {
        Assert.That(found.Count, Is.EqualTo(expected.Count));
        foreach (var statistic in (string[])["min", "max"]) Assert.That(found.Values[statistic], Is.EqualTo(expected.Values[statistic]).Within(1e-6), statistic);
        Assert.That(found.Values["mean"], Is.EqualTo(expected.Values["mean"]).Within(5e-3));
        foreach (var (statistic, _) in FeatureStatistics.Quantiles) Assert.That(found.Values[statistic], Is.EqualTo(expected.Values[statistic]).Within(0.5 / 255), statistic);
    }

    private static double[] Numbers(JsonElement element) => element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray().SelectMany(Numbers)] : [element.GetDouble()];
}
