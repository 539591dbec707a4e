using Apache.Arrow;
using ParquetSharp;
using ParquetSharp.Arrow;

namespace DiVLA.Control.Datasets.Tables;

/// <summary>Writes a table as a parquet file of one row group, as the lerobot library does: snappy, dictionaries, the Arrow schema in the footer.</summary>
internal static class TableWriter
{
    /// <summary>Writes beside <paramref name="path"/> and moves into place, so that the file appears whole or not at all.</summary>
    /// <param name="path">Its folder is made where it is missing.</param>
    /// <param name="columns">All of the same length.</param>
    /// <param name="metadata">Entries of the footer that readers look for.</param>
    public static void Write(string path, IReadOnlyList<(string Name, IArrowArray Values)> columns, IReadOnlyDictionary<string, string> metadata)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var schema = new Apache.Arrow.Schema(columns.Select(column => new Field(column.Name, column.Values.Data.DataType, true)), metadata);
        using var batch = new RecordBatch(schema, columns.Select(column => column.Values), columns[0].Values.Length);
        var beside = path + ".part";
        using (var properties = new WriterPropertiesBuilder().Compression(Compression.Snappy).Build())
        using (var arrow = new ArrowWriterPropertiesBuilder().StoreSchema().Build())
        using (var writer = new FileWriter(beside, schema, properties, arrow))
        {
            writer.WriteRecordBatch(batch, Math.Max(1, batch.Length));
            writer.Close();
        }
        File.Move(beside, path, overwrite: true);
    }
}
