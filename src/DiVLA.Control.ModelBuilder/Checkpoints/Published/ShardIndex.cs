using System.Text.Json;
using DiVLA.Control.ModelBuilder.Safetensors;

namespace DiVLA.Control.ModelBuilder.Checkpoints.Published;

/// <summary>The safetensors files of a checkpoint: `model.safetensors`, or the shards that `model.safetensors.index.json` lists.</summary>
internal static class ShardIndex
{
    /// <summary>Name of the index.</summary>
    public const string FileName = "model.safetensors.index.json";

    private const string SingleFileName = "model.safetensors";

    /// <summary>Opens every shard, links of a Hugging Face cache followed, and holds them to the index.</summary>
    public static Shards Open(string directory, ICollection<string> faults)
    {
        var index = Path.Combine(directory, FileName);
        if (!File.Exists(index)) return new Shards([.. new[] { OpenShard(Path.Combine(directory, SingleFileName), faults) }.OfType<SafetensorsFile>()], new HashSet<string>());
        var map = WeightMap(index, faults);
        var names = map.Values.Distinct().Order(StringComparer.Ordinal).ToArray();
        foreach (var name in names.Where(name => name != Path.GetFileName(name)))
            faults.Add($"{index}: weight_map: '{name}' is no plain file name.");
        var shards = names.Where(name => name == Path.GetFileName(name))
            .Select(name => OpenShard(Path.Combine(directory, name), faults)).OfType<SafetensorsFile>().ToArray();
        Compare(index, map, shards, faults);
        var opened = shards.Select(shard => Path.GetFileName(shard.Path)).ToHashSet();
        return new Shards(shards, map.Where(entry => !opened.Contains(entry.Value)).Select(entry => entry.Key).ToHashSet());
    }

    private static Dictionary<string, string> WeightMap(string index, ICollection<string> faults)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        if (JsonSection.Open(index, faults) is not { } json) return map;
        foreach (var member in json.Section("weight_map").Element.EnumerateObject())
            if (member.Value.ValueKind == JsonValueKind.String) map[member.Name] = member.Value.GetString()!;
            else faults.Add($"{index}: weight_map: tensor '{member.Name}': is {member.Value.GetRawText()}, a file name is needed.");
        if (map.Count == 0) faults.Add($"{index}: weight_map: names no file.");
        return map;
    }

    private static void Compare(string index, Dictionary<string, string> map, SafetensorsFile[] shards, ICollection<string> faults)
    {
        var files = shards.ToDictionary(shard => Path.GetFileName(shard.Path));
        foreach (var (tensor, file) in map)
            if (files.TryGetValue(file, out var shard) && !shard.Tensors.ContainsKey(tensor))
                faults.Add($"{shard.Path}: tensor '{tensor}': is missing, {FileName} has it there.");
        foreach (var (file, shard) in files)
            foreach (var tensor in shard.Tensors.Keys.Where(tensor => map.GetValueOrDefault(tensor) != file))
                faults.Add($"{shard.Path}: tensor '{tensor}': is not listed for this file in {index}.");
    }

    private static SafetensorsFile? OpenShard(string path, ICollection<string> faults)
    {
        try
        {
            return SafetensorsFile.Open(path);
        }
        catch (FileNotFoundException)
        {
            var remedy = Path.GetFileName(path) == SingleFileName ? $"; weights are in that file, or in shards that {FileName} lists" : "";
            faults.Add($"{path}: is missing{remedy}.");
        }
        catch (Exception fault) when (fault is SafetensorsException or IOException or UnauthorizedAccessException)
        {
            faults.Add(fault.Message);
        }
        return null;
    }
}

/// <summary>What could be opened of a checkpoint's weights.</summary>
/// <param name="Files">Its files.</param>
/// <param name="Lost">Tensors whose file could not be opened.</param>
internal sealed record Shards(IReadOnlyList<SafetensorsFile> Files, IReadOnlySet<string> Lost)
{
    /// <summary>Shape of a tensor; null where there is none.</summary>
    public long[]? ShapeOf(string name) => Files.Select(file => file.Tensors.GetValueOrDefault(name)?.Shape).FirstOrDefault(shape => shape is not null);
}
