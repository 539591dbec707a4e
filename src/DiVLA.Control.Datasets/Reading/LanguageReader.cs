using Apache.Arrow;
using Apache.Arrow.Types;
using DiVLA.Control.Datasets.Format;
using DiVLA.Control.Datasets.Tables;

namespace DiVLA.Control.Datasets.Reading;

/// <summary>Reads the phrases that a row of `language_persistent` holds. Every row of an episode holds all of the episode's.</summary>
internal static class LanguageReader
{
    /// <summary>The phrases of one row of a column that came in chunks.</summary>
    public static IReadOnlyList<LanguageRow> At(TableReader table, IEnumerable<IArrowArray> chunks, int row, FaultList faults)
    {
        var at = row;
        foreach (var chunk in chunks)
        {
            if (at < chunk.Length) return Phrases(table, chunk, at, row, faults);
            at -= chunk.Length;
        }
        return [];
    }

    private static IReadOnlyList<LanguageRow> Phrases(TableReader table, IArrowArray chunk, int at, int row, FaultList faults)
    {
        if (chunk is not ListArray lists || lists.Values is not StructArray phrases || Field(phrases, "timestamp") is not FloatArray times)
        {
            faults.Add(table.Name, row, FeatureNames.LanguagePersistent, $"found {chunk.Data.DataType.Name}, expected lists of phrases: role, content, style, timestamp, camera, tool_calls");
            return [];
        }
        if (lists.IsNull(at)) return [];
        return [.. Enumerable.Range(lists.ValueOffsets[at], lists.GetValueLength(at)).Select(i => Phrase(phrases, times, i))];
    }

    private static LanguageRow Phrase(StructArray phrases, FloatArray times, int index) =>
        new(Text(phrases, "role", index) ?? "", Text(phrases, "content", index), Text(phrases, "style", index), times.GetValue(index) ?? 0);

    private static string? Text(StructArray phrases, string field, int index) => Field(phrases, field) is { } texts ? ColumnReading.TextAt(texts, index) : null;

    private static IArrowArray? Field(StructArray phrases, string name)
    {
        var index = ((StructType)phrases.Data.DataType).GetFieldIndex(name);
        return index < 0 ? null : phrases.Fields[index];
    }
}
