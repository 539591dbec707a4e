using System.Globalization;
using System.Text;

namespace DiVLA.Control.Datasets.Format;

/// <summary>One thing that is wrong with a dataset.</summary>
/// <param name="File">Relative to the dataset.</param>
/// <param name="Row">Row of the file, from 0; null where the fault is not a row's.</param>
/// <param name="Column">Null where the fault is not a column's.</param>
/// <param name="Problem">What was found, what was expected, and the fix where there is one.</param>
public sealed record DatasetFault(string File, long? Row, string? Column, string Problem)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder(File);
        if (Row is { } row) text.Append(CultureInfo.InvariantCulture, $", row {row}");
        if (Column is { } column) text.Append(CultureInfo.InvariantCulture, $", column {column}");
        return text.Append(": ").Append(Problem).ToString();
    }
}

/// <summary>A dataset cannot be used. The message names every fault.</summary>
public sealed class DatasetRejectedException(string directory, IReadOnlyList<DatasetFault> faults)
    : Exception($"Dataset '{directory}' has {faults.Count} fault{(faults.Count == 1 ? "" : "s")}:\n  {string.Join("\n  ", faults)}")
{
    /// <summary>All of them, in the order of files.</summary>
    public IReadOnlyList<DatasetFault> Faults { get; } = faults;
}
