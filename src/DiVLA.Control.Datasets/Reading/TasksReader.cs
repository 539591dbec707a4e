using System.Globalization;
using DiVLA.Control.Datasets.Format;
using DiVLA.Control.Datasets.Tables;

namespace DiVLA.Control.Datasets.Reading;

/// <summary>Reads `meta/tasks.parquet`: instructions by number. The text is the index of a pandas table, under whatever name.</summary>
internal static class TasksReader
{
    private const string Number = "task_index";

    /// <summary>Instructions, each at its number; empty with faults where they cannot be had.</summary>
    public static string[] Read(string directory, DatasetInfo info, FaultList faults)
    {
        using var table = TableReader.TryOpen(directory, DatasetPaths.Tasks, faults);
        if (table is null) return [];
        var before = faults.Count;
        var texts = table.ReadTexts(TextColumn(table), faults);
        var numbers = table.ReadIntegers(Number, faults);
        if (faults.Count > before) return [];
        if (numbers.Length != info.TotalTasks) faults.Add(DatasetInfo.Path, "total_tasks", $"found {info.TotalTasks}, but {table.Name} has {numbers.Length} rows");
        return InOrder(table, texts, numbers, faults);
    }

    /// <summary>Rows of the file; 0 where there is no readable one.</summary>
    public static int Count(string directory, FaultList faults)
    {
        using var table = TableReader.TryOpen(directory, DatasetPaths.Tasks, faults);
        return (int)(table?.Rows ?? 0);
    }

    private static string TextColumn(TableReader table)
    {
        var index = table.Metadata(PandasSchema.Key) is { } metadata ? PandasSchema.IndexOf(metadata) : null;
        if (index is not null && table.Columns.Contains(index)) return index;
        return table.Columns.FirstOrDefault(column => column is "task" or PandasSchema.IndexColumn) ?? "task";
    }

    private static string[] InOrder(TableReader table, string[] texts, long[] numbers, FaultList faults)
    {
        var tasks = new string?[texts.Length];
        for (var row = 0; row < numbers.Length; row++)
        {
            if (numbers[row] < 0 || numbers[row] >= tasks.Length || tasks[numbers[row]] is not null)
                faults.Add(table.Name, row, Number, string.Create(CultureInfo.InvariantCulture, $"found {numbers[row]}, expected every number from 0 to {tasks.Length - 1} once"));
            else tasks[numbers[row]] = texts[row];
        }
        return [.. tasks.Select(task => task ?? "")];
    }
}
