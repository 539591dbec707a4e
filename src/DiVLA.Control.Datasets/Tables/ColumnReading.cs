using Apache.Arrow;
using Apache.Arrow.Types;
using DiVLA.Control.Datasets.Format;

namespace DiVLA.Control.Datasets.Tables;

/// <summary>Arrow columns as plain arrays. A wrong type, an empty cell or a list of the wrong length is a fault with its row.</summary>
internal static class ColumnReading
{
    /// <summary>Whole numbers, one a row; empty where they cannot be had.</summary>
    public static long[] ReadIntegers(this TableReader table, string column, FaultList faults)
    {
        var values = new List<long>();
        foreach (var chunk in table.Read(column))
        {
            if (!AddIntegers(chunk, values)) return Refuse<long>(table, column, faults, chunk, "int64");
            ReportEmpty(table, column, faults, chunk, values.Count - chunk.Length);
        }
        return [.. values];
    }

    /// <summary>Real numbers, `[rows, width]`; empty where they cannot be had.</summary>
    public static double[] ReadReals(this TableReader table, string column, int width, FaultList faults)
    {
        var values = new List<double>();
        foreach (var chunk in table.Read(column))
        {
            if (!TryUnpack(table, column, faults, chunk, width, values.Count / width, out var numbers)) return [];
            if (!AddReals(numbers, values)) return Refuse<double>(table, column, faults, chunk, width == 1 ? "a real number" : $"lists of {width} real numbers");
        }
        return [.. values];
    }

    /// <summary>Texts, one a row; empty where they cannot be had.</summary>
    public static string[] ReadTexts(this TableReader table, string column, FaultList faults)
    {
        var values = new List<string>();
        foreach (var chunk in table.Read(column))
        {
            if (!IsText(chunk)) return Refuse<string>(table, column, faults, chunk, "text");
            ReportEmpty(table, column, faults, chunk, values.Count);
            for (var row = 0; row < chunk.Length; row++) values.Add(TextAt(chunk, row) ?? "");
        }
        return [.. values];
    }

    /// <summary>Lists of texts, one a row; empty where they cannot be had.</summary>
    public static string[][] ReadTextLists(this TableReader table, string column, FaultList faults)
    {
        var values = new List<string[]>();
        foreach (var chunk in table.Read(column))
        {
            if (chunk is not ListArray lists || !IsText(lists.Values)) return Refuse<string[]>(table, column, faults, chunk, "lists of texts");
            for (var row = 0; row < lists.Length; row++)
                values.Add([.. Enumerable.Range(lists.ValueOffsets[row], lists.GetValueLength(row)).Select(i => TextAt(lists.Values, i) ?? "")]);
        }
        return [.. values];
    }

    /// <summary>The text of a cell, or null where it is empty.</summary>
    public static string? TextAt(IArrowArray texts, int row) => texts switch
    {
        StringArray narrow => narrow.GetString(row),
        LargeStringArray wide => wide.GetString(row),
        _ => null,
    };

    /// <summary>True for columns of text.</summary>
    public static bool IsText(IArrowArray values) => values is StringArray or LargeStringArray;

    /// <summary>Adds the numbers of a plain column; false for another type.</summary>
    public static bool AddReals(IArrowArray chunk, List<double> values)
    {
        switch (chunk)
        {
            case FloatArray floats:
                foreach (var value in floats.Values) values.Add(value);
                return true;
            case DoubleArray doubles:
                values.AddRange(doubles.Values);
                return true;
            default:
                return false;
        }
    }

    private static bool AddIntegers(IArrowArray chunk, List<long> values)
    {
        switch (chunk)
        {
            case Int64Array wide:
                values.AddRange(wide.Values);
                return true;
            case Int32Array narrow:
                foreach (var value in narrow.Values) values.Add(value);
                return true;
            case BooleanArray flags:
                for (var row = 0; row < flags.Length; row++) values.Add(flags.GetValue(row) == true ? 1 : 0);
                return true;
            default:
                return false;
        }
    }

    // The numbers inside a column of lists.
    private static bool TryUnpack(TableReader table, string column, FaultList faults, IArrowArray chunk, int width, int firstRow, out IArrowArray numbers)
    {
        numbers = chunk;
        ReportEmpty(table, column, faults, chunk, firstRow);
        switch (chunk)
        {
            case FixedSizeListArray lists when ((FixedSizeListType)lists.Data.DataType).ListSize == width:
                numbers = ArrowArrayFactory.Slice(lists.Values, lists.Offset * width, lists.Length * width);
                break;
            case ListArray lists when AreOfLength(table, column, faults, lists, width, firstRow):
                numbers = ArrowArrayFactory.Slice(lists.Values, lists.ValueOffsets[0], lists.Length * width);
                break;
            case FixedSizeListArray lists:
                faults.Add(table.Name, column, $"found lists of {((FixedSizeListType)lists.Data.DataType).ListSize} numbers, expected {width} as info.json says");
                return false;
            case ListArray:
                return false;
        }
        ReportEmpty(table, column, faults, numbers, firstRow, width);
        return chunk.NullCount == 0 && numbers.NullCount == 0 && (numbers != chunk || width == 1 || Mismatch(table, column, faults, chunk, width));
    }

    private static bool Mismatch(TableReader table, string column, FaultList faults, IArrowArray chunk, int width)
    {
        faults.Add(table.Name, column, $"found {chunk.Data.DataType.Name}, expected lists of {width} numbers as info.json says");
        return false;
    }

    private static bool AreOfLength(TableReader table, string column, FaultList faults, ListArray lists, int width, int firstRow)
    {
        for (var row = 0; row < lists.Length; row++)
        {
            if (lists.GetValueLength(row) == width) continue;
            faults.Add(table.Name, firstRow + row, column, $"found a list of {lists.GetValueLength(row)} numbers, expected {width} as info.json says");
            return false;
        }
        return true;
    }

    private static void ReportEmpty(TableReader table, string column, FaultList faults, IArrowArray chunk, int firstRow, int width = 1)
    {
        if (chunk.NullCount == 0) return;
        var first = Enumerable.Range(0, chunk.Length).First(chunk.IsNull);
        faults.Add(table.Name, firstRow + first / width, column, $"empty, as {chunk.NullCount} of {chunk.Length} values are");
    }

    private static T[] Refuse<T>(TableReader table, string column, FaultList faults, IArrowArray found, string expected)
    {
        faults.Add(table.Name, column, $"found {found.Data.DataType.Name}, expected {expected}");
        return [];
    }
}
