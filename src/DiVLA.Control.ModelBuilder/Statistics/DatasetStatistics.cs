using System.Text.Json;

namespace DiVLA.Control.ModelBuilder.Statistics;

/// <summary>What a published checkpoint's dataset says about its numbers: `dataset_stats.json`. One number a dimension, in the dataset's own units.</summary>
/// <remarks>
/// Actions were normalised by `(a - min) / (max - min) * 2 - 1`, states by `(q - mean) / std`. The file's minimum and maximum are already widened by 1e-4
/// and its deviations already at least 1e-2 (DexVLA, `get_norm_stats` of data_utils/utils.py): nothing is added here, only smaller deviations are raised.
/// </remarks>
/// <param name="ActionMin">The action that is normalised to -1, `[A]`.</param>
/// <param name="ActionMax">The action that is normalised to 1, `[A]`.</param>
/// <param name="StateMean">`qpos_mean`, `[S]`.</param>
/// <param name="StateStd">`qpos_std`, `[S]`, at least 1e-2.</param>
public sealed record DatasetStatistics(double[] ActionMin, double[] ActionMax, double[] StateMean, double[] StateStd)
{
    /// <summary>Name under which the file is usually kept beside a checkpoint.</summary>
    public const string FileName = "dataset_stats.json";

    /// <summary>Smaller standard deviations are raised to this.</summary>
    public const double LeastStd = 1e-2;

    /// <summary>The keys that are read: minimum and maximum of the actions, mean and standard deviation of the states.</summary>
    internal static readonly string[] NeededKeys = ["action_min", "action_max", "qpos_mean", "qpos_std"];

    /// <summary>Reads a file. What is wrong with it goes to the list, and the result is then null.</summary>
    /// <param name="path">The file; a pickle is refused.</param>
    /// <param name="actions">A of the head.</param>
    /// <param name="states">S of the head.</param>
    /// <param name="faults">Each with file, key, found and needed.</param>
    public static DatasetStatistics? Read(string path, int actions, int states, List<string> faults)
    {
        if (Path.GetExtension(path) == StatisticsConversion.PickleExtension)
        {
            faults.Add($"{path}: is a pickle, which is never loaded: convert it first, `divla model convert-statistics {path}`.");
            return null;
        }
        var found = new List<string>();
        if (ReadArrays(path, faults) is not { } arrays) return null;
        var lengths = new Dictionary<string, int> { ["action_min"] = actions, ["action_max"] = actions, ["qpos_mean"] = states, ["qpos_std"] = states };
        var numbers = Array.ConvertAll(NeededKeys, key => Numbers(arrays, key, lengths[key], found));
        if (found.Count == 0) CheckRanges(numbers[0], numbers[1], numbers[3], found);
        faults.AddRange(found.Select(fault => $"{path}: {fault}"));
        return found.Count > 0 ? null : new DatasetStatistics(numbers[0], numbers[1], numbers[2], Array.ConvertAll(numbers[3], std => Math.Max(std, LeastStd)));
    }

    private static Dictionary<string, JsonElement>? ReadArrays(string path, List<string> faults)
    {
        try
        {
            using var file = File.OpenRead(path);
            return JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(file) ?? throw new JsonException("the file holds nothing but null.");
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException)
        {
            faults.Add($"{path}: {fault.Message}");
            return null;
        }
    }

    private static double[] Numbers(Dictionary<string, JsonElement> arrays, string key, int length, List<string> faults)
    {
        if (!arrays.TryGetValue(key, out var array))
        {
            faults.Add($"{key}: is missing, {length} numbers are needed.");
            return [];
        }
        if (array.ValueKind != JsonValueKind.Array || array.EnumerateArray().Any(element => element.ValueKind != JsonValueKind.Number))
        {
            faults.Add($"{key}: is not a list of finite numbers.");
            return [];
        }
        var numbers = array.EnumerateArray().Select(element => element.GetDouble()).ToArray();
        if (numbers.Length != length) faults.Add($"{key}: has {numbers.Length} numbers, the head has {length}.");
        if (!Array.TrueForAll(numbers, double.IsFinite)) faults.Add($"{key}: is not a list of finite numbers.");
        return numbers;
    }

    private static void CheckRanges(double[] min, double[] max, double[] std, List<string> faults)
    {
        for (var i = 0; i < min.Length; i++)
            if (!(min[i] < max[i])) faults.Add($"action_max[{i}]: is {max[i]}, more than action_min[{i}], {min[i]}, is needed.");
        for (var i = 0; i < std.Length; i++)
            if (std[i] < 0) faults.Add($"qpos_std[{i}]: is {std[i]}, at least 0 is needed.");
    }
}
