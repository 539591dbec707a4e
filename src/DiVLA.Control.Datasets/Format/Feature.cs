using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace DiVLA.Control.Datasets.Format;

/// <summary>What one column holds, as `meta/info.json` says.</summary>
/// <param name="Dtype">`float32`, `int64`, `bool`, ..., or `image`, `video`, `language`, `string`.</param>
/// <param name="Shape">Of one row: `[8]`, `[1]` for a plain number, `[H, W, 3]` for a picture.</param>
/// <param name="Names">Names of the dimensions: a list, a dictionary with one list, or null.</param>
public sealed record Feature(string Dtype, int[] Shape, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] JsonNode? Names)
{
    /// <summary>What is known of a video's streams; absent for other columns.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonObject? Info { get; init; }

    /// <summary>True for a column of pictures, however they are stored.</summary>
    [JsonIgnore]
    public bool IsCamera => Dtype is "image" or "video";

    /// <summary>True for a column whose pictures are frames of a video file; it is in no table.</summary>
    [JsonIgnore]
    public bool IsVideo => Dtype == "video";

    /// <summary>True for a column of phrases.</summary>
    [JsonIgnore]
    public bool IsLanguage => Dtype == "language";

    /// <summary>True for a column of real numbers.</summary>
    [JsonIgnore]
    public bool IsReal => Dtype is "float32" or "float64";

    /// <summary>True for a column of whole numbers.</summary>
    [JsonIgnore]
    public bool IsInteger => Dtype is "int64" or "int32";

    /// <summary>True for a column of yes and no.</summary>
    [JsonIgnore]
    public bool IsBoolean => Dtype == "bool";

    /// <summary>Numbers a row.</summary>
    [JsonIgnore]
    public int Width => Shape.Aggregate(1, (product, side) => product * side);

    /// <summary>Height, width and channels of a camera's pictures. Channels come last, or first where names or sizes say so.</summary>
    [JsonIgnore]
    public PictureSize Picture => !IsCamera ? default : AreChannelsFirst ? new PictureSize(Shape[1], Shape[2], Shape[0]) : new PictureSize(Shape[0], Shape[1], Shape[2]);

    private bool AreChannelsFirst => DimensionNames() is [var first, _, _] ? first.StartsWith("channel", StringComparison.Ordinal) : Shape[0] is 1 or 3 && Shape[2] > 4;

    /// <summary>A column of vectors with a name for every number.</summary>
    public static Feature Vector(string dtype, IEnumerable<string> names) =>
        new(dtype, [names.Count()], new JsonArray([.. names.Select(name => (JsonNode)name)]));

    /// <summary>A column of plain numbers, or of phrases.</summary>
    public static Feature Scalar(string dtype) => new(dtype, [1], null);

    /// <summary>A column of RGB pictures.</summary>
    public static Feature Camera(string dtype, int height, int width) => new(dtype, [height, width, 3], new JsonArray("height", "width", "channels"));

    /// <summary>Names of the numbers, in order; empty where the dataset gives none.</summary>
    public string[] DimensionNames() => Names switch
    {
        JsonArray list => Strings(list),
        JsonObject groups => [.. groups.SelectMany(group => group.Value is JsonArray list ? Strings(list) : [])],
        _ => [],
    };

    /// <summary>True where both describe the same column; what is known of a video's streams does not matter.</summary>
    public bool Describes(Feature other) => Dtype == other.Dtype && Shape.SequenceEqual(other.Shape) && JsonNode.DeepEquals(Names, other.Names);

    private static string[] Strings(JsonArray list) => [.. list.Select(name => name?.ToString() ?? "")];
}

/// <summary>Size of a picture.</summary>
/// <param name="Height">Unit: pixels.</param>
/// <param name="Width">Unit: pixels.</param>
/// <param name="Channels">3 for RGB, 1 for depth.</param>
public readonly record struct PictureSize(int Height, int Width, int Channels)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Width} x {Height}";
}
