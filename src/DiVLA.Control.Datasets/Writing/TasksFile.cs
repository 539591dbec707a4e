using DiVLA.Control.Datasets.Tables;

namespace DiVLA.Control.Datasets.Writing;

/// <summary>Writes `meta/tasks.parquet`.</summary>
internal static class TasksFile
{
    /// <summary>Writes instructions, each at its number.</summary>
    public static void Write(string path, IReadOnlyList<string> tasks)
    {
        var numbers = ArrowColumns.Integers([.. Enumerable.Range(0, tasks.Count).Select(number => (long)number)]);
        TableWriter.Write(
            path,
            [("task_index", numbers), (PandasSchema.IndexColumn, ArrowColumns.Texts(tasks))],
            new Dictionary<string, string> { [PandasSchema.Key] = PandasSchema.Describe("task_index") });
    }
}
