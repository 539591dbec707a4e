using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DiVLA.Control.Datasets.Format;

/// <summary>`meta/info.json` of a LeRobotDataset v3.0.</summary>
public sealed record DatasetInfo
{
    /// <summary>The one version that is read and written.</summary>
    public const string Version = "v3.0";

    internal const string Path = "meta/info.json";

    public required string CodebaseVersion { get; init; }

    /// <summary>Name of the embodiment, or null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? RobotType { get; init; }

    public required int TotalEpisodes { get; init; }

    public required long TotalFrames { get; init; }

    public required int TotalTasks { get; init; }

    /// <summary>Files in a chunk's folder.</summary>
    public int ChunksSize { get; init; } = 1000;

    public int DataFilesSizeInMb { get; init; } = 100;

    public int VideoFilesSizeInMb { get; init; } = 200;

    /// <summary>Rows a second. Whole, at least 1.</summary>
    public required int Fps { get; init; }

    /// <summary>Ranges of episodes by name; all of them are `train`.</summary>
    public Dictionary<string, string> Splits { get; init; } = [];

    /// <summary>Path of a data file, relative to the dataset.</summary>
    public string DataPath { get; init; } = DatasetPaths.Data;

    /// <summary>Path of a video file, relative to the dataset; null where there are no videos.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? VideoPath { get; init; }

    /// <summary>Columns by name, in the order of the tables.</summary>
    public required OrderedDictionary<string, Feature> Features { get; init; }

    /// <summary>Cameras by column name.</summary>
    [JsonIgnore]
    public IEnumerable<KeyValuePair<string, Feature>> Cameras => Features.Where(feature => feature.Value.IsCamera);

    /// <summary>Cameras whose pictures are frames of video files.</summary>
    [JsonIgnore]
    public IEnumerable<string> VideoKeys => Features.Where(feature => feature.Value.IsVideo).Select(feature => feature.Key);

    internal static JsonSerializerOptions JsonOptions { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        IndentSize = 4,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    internal string ToJson() => JsonSerializer.Serialize(this, JsonOptions);
}
