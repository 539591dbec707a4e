using System.Text.Json;
using System.Text.Json.Nodes;
using Apache.Arrow.Types;
using DiVLA.Control.Datasets.Format;
using DiVLA.Control.Datasets.Reading;
using DiVLA.Control.Datasets.Tests.Support;
using DiVLA.Control.Datasets.Writing;
using ParquetSharp;
using ParquetSharp.Arrow;
using ParquetSharp.Schema;

namespace DiVLA.Control.Datasets.Tests.Writing;

/// <summary>The library's own rows, written again: the files must be made as the library makes them.</summary>
[TestFixture("panda-images")]
[TestFixture("panda-video")]
internal sealed class LibrarySchemaTests(string name)
{
    private const string Tasks = "meta/tasks.parquet";
    private const string Episodes = "meta/episodes/chunk-000/file-000.parquet";

    private readonly TemporaryFolder _folder = new();
    private LeRobotDataset _original = null!;

    [OneTimeSetUp]
    public void WriteAgain()
    {
        _original = LeRobotDataset.Open(LibraryDatasets.PathOf(name));
        var features = new OrderedDictionary<string, Feature>();
        foreach (var (key, feature) in _original.Info.Features)
            if (FeatureNames.Bookkeeping.All(column => column.Name != key)) features.Add(key, feature with { Info = null });
        var writer = DatasetWriter.Open(_folder.Root, new DatasetSpecification { Fps = _original.Info.Fps, RobotType = "panda", Features = features });
        var frames = _original.Info.Cameras.ToDictionary(camera => camera.Key, camera => _original.Frames(camera.Key).Select(frame => frame.Rgb.ToArray()).ToArray());
        foreach (var episode in _original.Episodes) Write(writer, episode, frames);
    }

    [OneTimeTearDown]
    public void Delete() => _folder.Dispose();

    [Test]
    public void Info_IsTheLibrarys_LetterByLetter()
    {
        Assert.That(File.ReadAllText(_folder["meta/info.json"]), Is.EqualTo(File.ReadAllText(PathOf("meta/info.json"))));
    }

    [TestCase(DamagedDataset.Data)]
    [TestCase(Tasks)]
    [TestCase(Episodes)]
    public void ParquetSchema_IsTheLibrarys(string file)
    {
        Assert.That(ParquetSchema(_folder[file]), Is.EqualTo(ParquetSchema(PathOf(file))));
    }

    // Text of 64-bit offsets, which pandas uses, is the same in the file.
    [TestCase(DamagedDataset.Data)]
    [TestCase(Tasks)]
    [TestCase(Episodes)]
    public void ArrowSchema_IsTheLibrarys(string file)
    {
        Assert.That(ArrowSchema(_folder[file]), Is.EqualTo(ArrowSchema(PathOf(file)).Select(field => field.Replace("large_utf8", "utf8", StringComparison.Ordinal))));
    }

    [TestCase(DamagedDataset.Data)]
    [TestCase(Tasks)]
    [TestCase(Episodes)]
    public void Compression_IsTheLibrarys(string file)
    {
        Assert.That(Compressions(_folder[file]).Distinct(), Is.EqualTo(Compressions(PathOf(file)).Distinct()));
    }

    [Test]
    public void Footer_OfData_NamesTheTypesAsTheLibraryDoes()
    {
        var (found, expected) = (Footer(_folder[DamagedDataset.Data], "huggingface"), Footer(PathOf(DamagedDataset.Data), "huggingface"));
        Assert.That(found["info"]!.ToJsonString(), Is.EqualTo(expected["info"]!.ToJsonString()));
        Assert.That(found["fingerprint"]!.ToString(), Has.Length.EqualTo(expected["fingerprint"]!.ToString().Length));
    }

    [Test]
    public void Footer_OfTasks_NamesTheIndexAsTheLibraryDoes()
    {
        var (found, expected) = (Footer(_folder[Tasks], "pandas"), Footer(PathOf(Tasks), "pandas"));
        found.AsObject().Remove("creator");
        expected.AsObject().Remove("creator");
        Assert.That(found.ToJsonString(), Is.EqualTo(expected.ToJsonString()));
    }

    [Test]
    public void Statistics_HaveTheLibrarysColumnsAndShapes()
    {
        var (found, expected) = (JsonNode.Parse(File.ReadAllText(_folder["meta/stats.json"]))!.AsObject(), JsonNode.Parse(File.ReadAllText(PathOf("meta/stats.json")))!.AsObject());
        Assert.That(found.Select(column => column.Key), Is.EquivalentTo(expected.Select(column => column.Key)));
        foreach (var (column, statistics) in expected)
        {
            Assert.That(found[column]!.AsObject().Select(entry => entry.Key), Is.EquivalentTo(statistics!.AsObject().Select(entry => entry.Key)));
            foreach (var (statistic, values) in statistics!.AsObject()) Assert.That(Shape(found[column]![statistic]!), Is.EqualTo(Shape(values!)), $"{column}/{statistic}");
        }
    }

    [Test]
    public void Rows_ReadBack_AreTheLibrarys()
    {
        var again = LeRobotDataset.Open(_folder.Root);
        Assert.That(again.Reals(FeatureNames.State).ToArray(), Is.EqualTo(_original.Reals(FeatureNames.State).ToArray()));
        Assert.That(again.Reals(FeatureNames.Action).ToArray(), Is.EqualTo(_original.Reals(FeatureNames.Action).ToArray()));
        Assert.That(again.Integers(FeatureNames.TaskIndex).ToArray(), Is.EqualTo(_original.Integers(FeatureNames.TaskIndex).ToArray()));
        Assert.That(again.Tasks, Is.EqualTo(_original.Tasks));
    }

    private void Write(DatasetWriter writer, EpisodeEntry episode, Dictionary<string, byte[][]> frames)
    {
        using var draft = writer.Begin();
        for (var row = (int)episode.From; row < episode.To; row++)
        {
            foreach (var column in (string[])[FeatureNames.State, FeatureNames.Action])
                draft.Add(column, _original.Reals(column).Slice(row * 8, 8).ToArray().Select(value => (float)value).ToArray());
            foreach (var (camera, pictures) in frames) draft.AddPicture(camera, pictures[row]);
            draft.EndRow();
        }
        writer.Commit(draft, episode.Tasks.Single());
    }

    private string PathOf(string file) => Path.Combine(LibraryDatasets.PathOf(name), file);

    private static List<string> ParquetSchema(string path)
    {
        using var file = new ParquetFileReader(path);
        var lines = new List<string>();
        Describe(file.FileMetaData.Schema.GroupNode, 0, lines);
        return lines;
    }

    private static void Describe(Node node, int depth, List<string> lines)
    {
        lines.Add($"{new string(' ', depth)}{node.Name} {node.Repetition} {node.LogicalType}{(node is PrimitiveNode primitive ? " " + primitive.PhysicalType : "")}");
        if (node is GroupNode group)
            foreach (var child in group.Fields) Describe(child, depth + 1, lines);
    }

    private static List<string> ArrowSchema(string path)
    {
        using var file = new FileReader(path);
        return [.. file.Schema.FieldsList.Select(column => $"{column.Name}: {Describe(column.DataType)}, nullable {column.IsNullable}")];
    }

    private static string Describe(IArrowType type) => type switch
    {
        FixedSizeListType list => $"list<{list.ValueField.Name}: {Describe(list.ValueDataType)}>[{list.ListSize}]",
        ListType list => $"list<{list.ValueField.Name}: {Describe(list.ValueDataType)}>",
        StructType group => $"struct<{string.Join(", ", group.Fields.Select(child => $"{child.Name}: {Describe(child.DataType)}"))}>",
        _ => type.Name,
    };

    private static List<string> Compressions(string path)
    {
        using var file = new ParquetFileReader(path);
        using var rows = file.RowGroup(0);
        return [.. Enumerable.Range(0, rows.MetaData.NumColumns).Select(column => rows.MetaData.GetColumnChunkMetaData(column).Compression.ToString())];
    }

    private static JsonNode Footer(string path, string key)
    {
        using var file = new ParquetFileReader(path);
        return JsonNode.Parse(file.FileMetaData.KeyValueMetadata[key])!;
    }

    private static string Shape(JsonNode values) => values is JsonArray list ? $"[{list.Count}{Shape(list[0]!)}]" : values.GetValue<JsonElement>().GetRawText().AsSpan().ContainsAny('.', 'e', 'E') ? "real" : "whole";
}
