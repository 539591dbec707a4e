using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace DiVLA.Control.Datasets.Statistics;

/// <summary>`meta/stats.json`: statistics of all rows, by column.</summary>
internal static class StatisticsFile
{
    private static readonly JsonWriterOptions _options = new() { Indented = true, IndentSize = 4, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The file's text.</summary>
    public static string ToJson(IEnumerable<KeyValuePair<string, FeatureStatistics>> statistics)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, _options))
        {
            writer.WriteStartObject();
            foreach (var (name, feature) in statistics) Write(writer, name, feature);
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Write(Utf8JsonWriter writer, string name, FeatureStatistics feature)
    {
        writer.WriteStartObject(name);
        foreach (var statistic in FeatureStatistics.Names)
        {
            writer.WriteStartArray(statistic);
            foreach (var value in feature.Values[statistic]) WriteValue(writer, feature.Kind, statistic, value);
            writer.WriteEndArray();
            if (statistic != "std") continue;
            writer.WriteStartArray(FeatureStatistics.CountName);
            writer.WriteNumberValue(feature.Count);
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter writer, StatisticsKind kind, string statistic, double value)
    {
        if (kind == StatisticsKind.Whole && statistic is "min" or "max")
        {
            writer.WriteNumberValue((long)value);
            return;
        }
        if (kind == StatisticsKind.Picture) WriteOpening(writer);
        writer.WriteRawValue(Real(value));
        if (kind == StatisticsKind.Picture) WriteClosing(writer);
    }

    // A channel's value is [[value]]: the shape is [3, 1, 1].
    private static void WriteOpening(Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        writer.WriteStartArray();
    }

    private static void WriteClosing(Utf8JsonWriter writer)
    {
        writer.WriteEndArray();
        writer.WriteEndArray();
    }

    // Readers take a list without a point for whole numbers.
    private static string Real(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0";
    }
}
