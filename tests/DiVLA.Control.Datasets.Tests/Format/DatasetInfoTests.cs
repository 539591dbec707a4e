using System.Text.Json;
using DiVLA.Control.Datasets.Format;
using DiVLA.Control.Datasets.Tests.Support;

namespace DiVLA.Control.Datasets.Tests.Format;

internal sealed class DatasetInfoTests
{
    [TestCase("panda-images")]
    [TestCase("panda-video")]
    public void ToJson_OfALibraryDataset_IsItsFileLetterByLetter(string name)
    {
        var file = File.ReadAllText(Path.Combine(LibraryDatasets.PathOf(name), "meta/info.json"));
        var info = JsonSerializer.Deserialize<DatasetInfo>(file, DatasetInfo.JsonOptions)!;
        Assert.That(info.ToJson(), Is.EqualTo(file));
    }

    [Test]
    public void DimensionNames_OfAGroup_AreItsList()
    {
        var feature = JsonSerializer.Deserialize<Feature>("""{"dtype":"float32","shape":[2],"names":{"motors":["a","b"]}}""", DatasetInfo.JsonOptions)!;
        Assert.That(feature.DimensionNames(), Is.EqualTo(new[] { "a", "b" }));
    }

    [TestCase("""{"dtype":"image","shape":[48,64,3],"names":["height","width","channels"]}""", 48, 64, 3)]
    [TestCase("""{"dtype":"video","shape":[3,48,64],"names":["channels","height","width"]}""", 48, 64, 3)]
    [TestCase("""{"dtype":"video","shape":[1,48,64],"names":null}""", 48, 64, 1)]
    public void Picture_OfACamera_HasItsSides(string json, int height, int width, int channels)
    {
        var feature = JsonSerializer.Deserialize<Feature>(json, DatasetInfo.JsonOptions)!;
        Assert.That(feature.Picture, Is.EqualTo(new PictureSize(height, width, channels)));
    }

    [TestCase(0, 998, 0, 999)]
    [TestCase(0, 999, 1, 0)]
    public void Next_AtTheEndOfAChunk_IsInTheNextOne(int chunk, int file, int nextChunk, int nextFile)
    {
        Assert.That(new FileLocation(chunk, file).Next(1000), Is.EqualTo(new FileLocation(nextChunk, nextFile)));
    }

    [Test]
    public void Fill_OfATemplate_PadsNumbers()
    {
        Assert.That(DatasetPaths.Fill(DatasetPaths.Video, new FileLocation(1, 23), "observation.images.front"), Is.EqualTo("videos/observation.images.front/chunk-001/file-023.mp4"));
    }
}
