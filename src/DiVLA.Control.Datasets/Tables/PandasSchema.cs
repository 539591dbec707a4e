using System.Text.Json.Nodes;

namespace DiVLA.Control.Datasets.Tables;

/// <summary>The footer entry `pandas` of the table of tasks: the text is the table's index, which readers look tasks up by.</summary>
internal static class PandasSchema
{
    public const string Key = "pandas";

    /// <summary>Column that holds an index without a name.</summary>
    public const string IndexColumn = "__index_level_0__";

    /// <summary>Describes a table of one column of whole numbers, indexed by text.</summary>
    public static string Describe(string numbers) => new JsonObject
    {
        ["index_columns"] = new JsonArray(IndexColumn),
        ["column_indexes"] = new JsonArray(Column(null, null, "unicode", "str", new JsonObject { ["encoding"] = "UTF-8" })),
        ["columns"] = new JsonArray(Column(numbers, numbers, "int64", "int64", null), Column(null, IndexColumn, "object", "str", null)),
        ["attributes"] = new JsonObject(),
        ["creator"] = new JsonObject { ["library"] = "divla", ["version"] = "1" },
        ["pandas_version"] = "3.1.1",
    }.ToJsonString();

    /// <summary>Name of the index column that a footer entry tells of; null where it tells of none.</summary>
    public static string? IndexOf(string metadata) => (JsonNode.Parse(metadata)?["index_columns"] as JsonArray)?.FirstOrDefault() is JsonValue name ? name.ToString() : null;

    private static JsonObject Column(string? name, string? field, string pandas, string numpy, JsonObject? metadata) => new()
    {
        ["name"] = name,
        ["field_name"] = field,
        ["pandas_type"] = pandas,
        ["numpy_type"] = numpy,
        ["metadata"] = metadata,
    };
}
