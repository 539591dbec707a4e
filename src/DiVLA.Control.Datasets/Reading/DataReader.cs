using Apache.Arrow.Types;
using DiVLA.Control.Datasets.Format;
using DiVLA.Control.Datasets.Tables;

namespace DiVLA.Control.Datasets.Reading;

/// <summary>Reads the rows of all episodes, but for pictures, and checks that they are what the metadata say.</summary>
internal sealed class DataReader(string directory, DatasetInfo info, IReadOnlyList<EpisodeEntry> episodes, int tasks, FaultList faults)
{
    private readonly BookkeepingCheck _bookkeeping = new(info, tasks, faults);

    /// <summary>Numbers of all rows.</summary>
    public DatasetColumns Columns { get; } = new(info);

    /// <summary>What was said, by episode.</summary>
    public List<IReadOnlyList<LanguageRow>> Language { get; } = [];

    /// <summary>Reads file by file, in the order of rows.</summary>
    public void ReadAll()
    {
        foreach (var file in episodes.GroupBy(episode => episode.Data).OrderBy(file => (file.Key.Chunk, file.Key.File))) ReadFile(DatasetPaths.Fill(info.DataPath, file.Key), [.. file]);
    }

    private void ReadFile(string name, EpisodeEntry[] inFile)
    {
        using var table = TableReader.TryOpen(directory, name, faults);
        if (table is null) return;
        var before = faults.Count;
        CheckColumns(table);
        var rows = inFile.Sum(episode => (long)episode.Length);
        if (table.Rows != rows) faults.Add(name, $"has {table.Rows} rows, but the episodes in it have {rows} by meta/episodes");
        foreach (var column in Columns.RealNames.Where(table.Columns.Contains)) ReadReals(table, column);
        var integers = Columns.IntegerNames.Where(table.Columns.Contains).ToDictionary(column => column, column => table.ReadIntegers(column, faults));
        foreach (var (column, values) in integers) Columns.Integers(column).AddRange(values);
        if (faults.Count == before && table.Rows == rows) _bookkeeping.Check(name, inFile, integers, Columns.Reals(FeatureNames.Timestamp));
        ReadLanguage(table, inFile);
    }

    private void CheckColumns(TableReader table)
    {
        var stored = info.Features.Where(feature => !feature.Value.IsVideo).Select(feature => feature.Key).ToArray();
        foreach (var missing in stored.Except(table.Columns)) faults.Add(table.Name, missing, $"missing, though info.json has it; found {string.Join(", ", table.Columns)}");
        foreach (var surplus in table.Columns.Except(stored)) faults.Add(table.Name, surplus, "not among the features of info.json: the lerobot library refuses such a file");
        foreach (var (camera, _) in info.Cameras.Where(camera => !camera.Value.IsVideo && table.Columns.Contains(camera.Key))) CheckPictures(table, camera);
    }

    private void CheckPictures(TableReader table, string camera)
    {
        if (table.TypeOf(camera) is StructType pictures && pictures.Fields.Any(field => field.Name == "bytes")) return;
        faults.Add(table.Name, camera, $"found {table.TypeOf(camera).Name}, expected pictures: a struct of bytes and path");
    }

    private void ReadReals(TableReader table, string column)
    {
        var feature = info.Features[column];
        var values = table.ReadReals(column, feature.Width, faults);
        ReportNonFinite(table.Name, column, feature, values);
        Columns.Reals(column).AddRange(values);
    }

    private void ReportNonFinite(string file, string column, Feature feature, double[] values)
    {
        var bad = values.Index().Where(value => !double.IsFinite(value.Item)).ToArray();
        if (bad.Length == 0) return;
        var (index, found) = bad[0];
        var (row, dimension) = (index / feature.Width, index % feature.Width);
        var names = feature.DimensionNames();
        var place = feature.Width == 1 ? column : $"{column}[{dimension}]{(names.Length > 0 ? $" ({names[dimension]})" : "")}";
        var more = bad.Length > 1 ? $", and {bad.Length - 1} more in this column" : "";
        faults.Add(file, row, place, FormattableString.Invariant($"found {found}, expected a finite number{more}"));
    }

    private void ReadLanguage(TableReader table, EpisodeEntry[] inFile)
    {
        if (!info.Features.ContainsKey(FeatureNames.LanguagePersistent) || !table.Columns.Contains(FeatureNames.LanguagePersistent))
        {
            Language.AddRange(inFile.Select(_ => (IReadOnlyList<LanguageRow>)[]));
            return;
        }
        var chunks = table.Read(FeatureNames.LanguagePersistent);
        var first = 0;
        foreach (var episode in inFile)
        {
            Language.Add(LanguageReader.At(table, chunks, first, faults));
            first += episode.Length;
        }
    }
}
