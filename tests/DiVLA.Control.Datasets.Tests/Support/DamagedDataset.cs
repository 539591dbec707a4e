using System.Text.Json.Nodes;
using Apache.Arrow;
using DiVLA.Control.Datasets.Format;
using DiVLA.Control.Datasets.Reading;
using DiVLA.Control.Datasets.Tables;

namespace DiVLA.Control.Datasets.Tests.Support;

/// <summary>A copy of a dataset that a test damages.</summary>
internal sealed class DamagedDataset : IDisposable
{
    public const string Data = "data/chunk-000/file-000.parquet";

    private readonly TemporaryFolder _folder = new();

    public DamagedDataset(string original)
    {
        foreach (var file in Directory.EnumerateFiles(original, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(Root, Path.GetRelativePath(original, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public string Root => _folder.Root;

    public string PathOf(string name) => Path.Combine(Root, name);

    public void Dispose() => _folder.Dispose();

    /// <summary>Faults that opening finds; none where it opens.</summary>
    public IReadOnlyList<DatasetFault> Open()
    {
        try
        {
            LeRobotDataset.Open(Root);
            return [];
        }
        catch (DatasetRejectedException rejected)
        {
            return rejected.Faults;
        }
    }

    public void EditInfo(Action<JsonNode> edit)
    {
        var info = JsonNode.Parse(File.ReadAllText(PathOf("meta/info.json")))!;
        edit(info);
        File.WriteAllText(PathOf("meta/info.json"), info.ToJsonString());
    }

    public void Truncate(string name)
    {
        using var file = File.OpenWrite(PathOf(name));
        file.SetLength(file.Length / 2);
    }

    /// <summary>Rewrites the data file with other columns.</summary>
    public void EditColumns(Action<OrderedDictionary<string, IArrowArray>> edit)
    {
        var faults = new FaultList(Root);
        var columns = new OrderedDictionary<string, IArrowArray>();
        using (var table = TableReader.TryOpen(Root, Data, faults)!)
            foreach (var name in table.Columns) columns.Add(name, ArrowArrayConcatenator.Concatenate(table.Read(name)));
        edit(columns);
        TableWriter.Write(PathOf(Data), [.. columns.Select(column => (column.Key, column.Value))], new Dictionary<string, string>());
    }

    /// <summary>Rewrites a column of whole numbers.</summary>
    public void EditIntegers(string column, Action<long[]> edit) => EditColumns(columns =>
    {
        var values = ((Int64Array)columns[column]).Values.ToArray();
        edit(values);
        columns[column] = ArrowColumns.Integers(values);
    });

    /// <summary>Rewrites a column of vectors of 8.</summary>
    public void EditVectors(string column, Action<float[]> edit) => EditColumns(columns =>
    {
        var values = ((FloatArray)((FixedSizeListArray)columns[column]).Values).Values.ToArray();
        edit(values);
        columns[column] = ArrowColumns.Vectors(ArrowColumns.Floats(values), 8);
    });
}
