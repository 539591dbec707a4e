using Apache.Arrow;
using Apache.Arrow.Ipc;
using DiVLA.Control.Datasets.Format;
using ParquetSharp;
using ParquetSharp.Arrow;

namespace DiVLA.Control.Datasets.Tables;

/// <summary>Reads columns of one parquet file. What is wrong with it goes into a list of faults.</summary>
internal sealed class TableReader : IDisposable
{
    private const int RowsAtOnce = 512;

    private readonly FileReader _file;
    private readonly FaultList _faults;

    private TableReader(string name, FileReader file, FaultList faults) => (Name, _file, _faults) = (name, file, faults);

    /// <summary>Relative to the dataset.</summary>
    public string Name { get; }

    public long Rows => _file.ParquetReader.FileMetaData.NumRows;

    public IEnumerable<string> Columns => _file.Schema.FieldsList.Select(column => column.Name);

    /// <summary>Opens a file; null where it is missing or damaged.</summary>
    public static TableReader? TryOpen(string directory, string name, FaultList faults)
    {
        var path = Path.Combine(directory, name);
        if (!File.Exists(path))
        {
            faults.Add(name, "missing. Copy the dataset again.");
            return null;
        }
        try
        {
            var file = new FileReader(path, arrowProperties: Properties);
            _ = file.Schema;
            return new TableReader(name, file, faults);
        }
        catch (ParquetException error)
        {
            faults.Add(name, $"no whole parquet file ({FirstLine(error)}). It was cut off while it was written or copied: copy it again, or record again.");
            return null;
        }
    }

    /// <summary>An entry of the footer, or null.</summary>
    public string? Metadata(string key) => _file.ParquetReader.FileMetaData.KeyValueMetadata.GetValueOrDefault(key);

    /// <summary>All values of a column, chunk by chunk; none where it is missing or cannot be read.</summary>
    public List<IArrowArray> Read(string column)
    {
        if (!Columns.Contains(column))
        {
            _faults.Add(Name, column, $"missing; found {string.Join(", ", Columns)}");
            return [];
        }
        try
        {
            return ReadAll(column);
        }
        catch (ParquetException error)
        {
            _faults.Add(Name, column, $"cannot be read ({FirstLine(error)}). The file is damaged: copy it again.");
            return [];
        }
    }

    /// <summary>A column that may not fit into memory, a few rows at a time.</summary>
    public IEnumerable<IArrowArray> Stream(string column)
    {
        using var batches = _file.GetRecordBatchReader(columns: LeavesOf(column));
        while (Next(batches) is { } batch)
        {
            yield return batch.Column(0);
            batch.Dispose();
        }
    }

    /// <summary>Type of a column that is there.</summary>
    public Apache.Arrow.Types.IArrowType TypeOf(string column) => _file.Schema.GetFieldByName(column).DataType;

    public void Dispose() => _file.Dispose();

    private List<IArrowArray> ReadAll(string column)
    {
        using var batches = _file.GetRecordBatchReader(columns: LeavesOf(column));
        var chunks = new List<IArrowArray>();
        while (Next(batches) is { } batch) chunks.Add(batch.Column(0));
        return chunks;
    }

    private static ArrowReaderProperties Properties
    {
        get
        {
            var properties = ArrowReaderProperties.GetDefault();
            properties.BatchSize = RowsAtOnce;
            return properties;
        }
    }

    private static RecordBatch? Next(IArrowArrayStream batches) => batches.ReadNextRecordBatchAsync().AsTask().GetAwaiter().GetResult();

    private int[] LeavesOf(string column)
    {
        var schema = _file.ParquetReader.FileMetaData.Schema;
        return [.. Enumerable.Range(0, schema.NumColumns).Where(leaf => schema.Column(leaf).Path.ToDotVector()[0] == column)];
    }

    private static string FirstLine(Exception error) => error.Message.Split('\n')[0];
}
