using Apache.Arrow;
using DiVLA.Control.Datasets.Tables;

namespace DiVLA.Control.Datasets.Statistics;

/// <summary>Statistics of an episode as columns `stats/&lt;feature&gt;/&lt;statistic&gt;` of its row of `meta/episodes`.</summary>
internal static class StatisticsColumns
{
    private const string Prefix = "stats/";

    /// <summary>Columns of one row.</summary>
    public static IEnumerable<(string Name, IArrowArray Values)> Of(IEnumerable<KeyValuePair<string, FeatureStatistics>> statistics)
    {
        foreach (var (feature, measured) in statistics)
            foreach (var statistic in FeatureStatistics.Names)
            {
                yield return ($"{Prefix}{feature}/{statistic}", Row(measured, statistic));
                if (statistic == "std") yield return ($"{Prefix}{feature}/{FeatureStatistics.CountName}", ArrowColumns.Lists(ArrowColumns.Integers([measured.Count]), [0, 1]));
            }
    }

    /// <summary>All episodes' statistics of a feature, in the order of the table; empty where there are none.</summary>
    public static List<FeatureStatistics> Read(TableReader table, string feature, StatisticsKind kind)
    {
        if (!table.Columns.Contains($"{Prefix}{feature}/mean")) return [];
        var rows = (int)table.Rows;
        var values = FeatureStatistics.Names.ToDictionary(name => name, name => Rows(table, $"{Prefix}{feature}/{name}", rows));
        var counts = Rows(table, $"{Prefix}{feature}/{FeatureStatistics.CountName}", rows);
        return [.. Enumerable.Range(0, rows).Select(row => new FeatureStatistics(kind, (long)counts[row][0], values.ToDictionary(value => value.Key, value => value.Value[row])))];
    }

    private static IArrowArray Row(FeatureStatistics measured, string statistic)
    {
        var values = measured.Values[statistic];
        if (measured.Kind == StatisticsKind.Whole && statistic is "min" or "max")
            return ArrowColumns.Lists(ArrowColumns.Integers([.. values.Select(value => (long)value)]), [0, values.Length]);
        var row = ArrowColumns.Doubles(values);
        if (measured.Kind != StatisticsKind.Picture) return ArrowColumns.Lists(row, [0, values.Length]);
        int[] each = [.. Enumerable.Range(0, values.Length + 1)];
        return ArrowColumns.Lists(ArrowColumns.Lists(ArrowColumns.Lists(row, each), each), [0, values.Length]);
    }

    // Every row has as many numbers, however deep its lists are nested.
    private static double[][] Rows(TableReader table, string column, int rows)
    {
        var flat = new List<double>();
        foreach (var chunk in table.Read(column))
        {
            var numbers = chunk;
            while (numbers is ListArray list) numbers = list.Values;
            if (numbers is Int64Array whole) flat.AddRange(whole.Values.ToArray().Select(value => (double)value));
            else ColumnReading.AddReals(numbers, flat);
        }
        var width = flat.Count / rows;
        return [.. flat.Chunk(Math.Max(1, width))];
    }
}
