using System.Text.Json;
using DiVLA.Control.Datasets.Format;

namespace DiVLA.Control.Datasets.Reading;

/// <summary>Reads and checks `meta/info.json`.</summary>
internal static class InfoReader
{
    private const string File = DatasetInfo.Path;

    /// <summary>The description of a dataset, or null with faults.</summary>
    /// <param name="directory">The dataset.</param>
    /// <param name="faults">Where faults go.</param>
    /// <param name="allowsEmpty">True to take a dataset without episodes, as it is before the first one is recorded.</param>
    public static DatasetInfo? TryRead(string directory, FaultList faults, bool allowsEmpty = false)
    {
        var path = Path.Combine(directory, File);
        if (!System.IO.File.Exists(path))
        {
            faults.Add(File, "missing: this folder holds no LeRobotDataset. Give the folder that has `meta`, `data` and perhaps `videos` in it.");
            return null;
        }
        return TryParse(System.IO.File.ReadAllText(path), faults) is { } info && Check(info, allowsEmpty, faults) ? info : null;
    }

    private static DatasetInfo? TryParse(string json, FaultList faults)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            // The version first: another one has other fields, and their absence would be beside the point.
            if (document.RootElement.TryGetProperty("codebase_version", out var version) && version.ValueKind == JsonValueKind.String && !IsSupported(version.GetString()!, faults)) return null;
            return document.Deserialize<DatasetInfo>(DatasetInfo.JsonOptions);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            faults.Add(File, $"not a description of a dataset: {error.Message}");
            return null;
        }
    }

    private static bool IsSupported(string version, FaultList faults)
    {
        if (version == DatasetInfo.Version) return true;
        var fix = version.StartsWith("v2", StringComparison.Ordinal)
            ? "Convert it with the lerobot library: python -m lerobot.scripts.convert_dataset_v21_to_v30 --repo-id=NAME (a v2.0 dataset to v2.1 first)."
            : "Read it with a newer version of this program, or write it as v3.0.";
        faults.Add(File, "codebase_version", $"found {version}, expected {DatasetInfo.Version}. {fix}");
        return false;
    }

    private static bool Check(DatasetInfo info, bool allowsEmpty, FaultList faults)
    {
        var before = faults.Count;
        if (info.Fps < 1) faults.Add(File, "fps", $"found {info.Fps}, expected at least 1");
        if (info.TotalEpisodes < 1 && !allowsEmpty) faults.Add(File, "total_episodes", $"found {info.TotalEpisodes}, expected at least 1: there is nothing to read");
        CheckTemplate("data_path", info.DataPath, ["{chunk_index:03d}", "{file_index:03d}"], faults);
        if (info.Features.Values.Any(feature => feature.Dtype == "video")) CheckTemplate("video_path", info.VideoPath ?? "null", ["{video_key}", "{chunk_index:03d}", "{file_index:03d}"], faults);
        foreach (var (name, expected) in FeatureNames.Bookkeeping)
            if (!info.Features.TryGetValue(name, out var found)) faults.Add(File, $"features.{name}", $"missing, expected {expected.Dtype}; found {string.Join(", ", info.Features.Keys)}");
            else if (found.Dtype is not null && found.Dtype != expected.Dtype) faults.Add(File, $"features.{name}", $"found {found.Dtype}, expected {expected.Dtype}");
        foreach (var (name, feature) in info.Features) CheckShape(name, feature, faults);
        return faults.Count == before;
    }

    private static void CheckTemplate(string field, string found, string[] parts, FaultList faults)
    {
        if (!parts.All(part => found.Contains(part, StringComparison.Ordinal))) faults.Add(File, field, $"found {found}, expected a path with {string.Join(", ", parts)}");
    }

    private static void CheckShape(string name, Feature feature, FaultList faults)
    {
        if (feature.Dtype is null || feature.Shape is null)
        {
            faults.Add(File, $"features.{name}", "expected at least dtype and shape");
            return;
        }
        var shape = string.Join(", ", feature.Shape);
        if (feature.IsCamera && feature.Shape is not [> 0, > 0, > 0]) faults.Add(File, $"features.{name}.shape", $"found [{shape}], expected [height, width, channels]");
        if (feature.IsReal && feature.Shape is not [> 0]) faults.Add(File, $"features.{name}.shape", $"found [{shape}], expected one dimension: [numbers]");
        if (feature.Shape.Length == 1 && feature.DimensionNames() is { Length: > 0 } names && !feature.IsCamera && names.Length != feature.Width)
            faults.Add(File, $"features.{name}.names", $"found {names.Length} names, expected {feature.Width} as the shape says");
    }
}
