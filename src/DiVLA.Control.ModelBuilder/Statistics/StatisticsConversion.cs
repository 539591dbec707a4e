using System.Text.Json;
using DiVLA.Control.ModelBuilder.Statistics.Pickle;

namespace DiVLA.Control.ModelBuilder.Statistics;

/// <summary>`dataset_stats.pkl`, as DiVLA publishes it, to `dataset_stats.json`, which is read here.</summary>
/// <remarks>
/// A pickle is a program. It is taken apart by a reader that knows the few instructions that a dictionary of numbers needs, and refuses every other;
/// nothing in it is ever called. Only this command does so, never a build and never the service.
/// </remarks>
public static class StatisticsConversion
{
    /// <summary>What marks a pickle.</summary>
    public const string PickleExtension = ".pkl";

    private static readonly string[] Keys = ["action_min", "action_max", "action_mean", "action_std", "qpos_mean", "qpos_std"];

    /// <summary>Converts a file. Statistics that the model has no use for, such as `example_qpos`, are left out.</summary>
    /// <returns>The keys that were written.</returns>
    /// <exception cref="PickleException">The file holds something other than numbers, or is damaged; names instruction and offset.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public static IReadOnlyList<string> Convert(string picklePath, string jsonPath)
    {
        var statistics = Read(picklePath);
        File.WriteAllText(jsonPath, JsonSerializer.Serialize(statistics, JsonOptions));
        return [.. statistics.Keys];
    }

    private static Dictionary<string, double[]> Read(string path)
    {
        var entries = PickleReader.Read(path) as PickleDictionary ?? throw new PickleException(path, "holds no dictionary.");
        var found = new Dictionary<string, double[]>(StringComparer.Ordinal);
        foreach (var key in Keys)
        {
            if (!entries.TryGet(key, out var value)) continue;
            if (value is not PickleArray { Shape.Length: 1 } array) throw new PickleException(path, $"'{key}' is no array of one dimension.");
            if (!Array.TrueForAll(array.Values, double.IsFinite)) throw new PickleException(path, $"'{key}' has a number that is not finite.");
            found[key] = array.Values;
        }
        foreach (var missing in DatasetStatistics.NeededKeys.Except(found.Keys)) throw new PickleException(path, $"'{missing}' is missing.");
        return found;
    }

    private static JsonSerializerOptions JsonOptions { get; } = new() { WriteIndented = true };
}
