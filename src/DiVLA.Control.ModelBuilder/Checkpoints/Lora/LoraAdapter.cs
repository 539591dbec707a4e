using System.Text.Json;
using DiVLA.Control.ModelBuilder.Safetensors;

namespace DiVLA.Control.ModelBuilder.Checkpoints.Lora;

/// <summary>A PEFT adapter, merged into a checkpoint's weights as these are read: `W + scaling B A`.</summary>
/// <remarks>
/// Beside the low-rank factors a folder may hold whole tensors that stand in for the checkpoint's: `modules_to_save`, trained biases, and DiVLA's
/// `non_lora_trainables` (head, Film, merger), as safetensors.
/// </remarks>
internal sealed class LoraAdapter : IDisposable
{
    public const string WeightsFileName = "adapter_model.safetensors";

    /// <summary>What DiVLA's training leaves beside an adapter, converted; the original is a pickle.</summary>
    public const string WholeFileName = "non_lora_trainables.safetensors";

    private readonly string _directory;
    private readonly LoraConfig _config;
    private readonly List<SafetensorsFile> _files = [];
    private readonly Dictionary<string, LoraFactors> _factors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoredName> _whole = new(StringComparer.Ordinal);

    private LoraAdapter(string directory, LoraConfig config) => (_directory, _config) = (directory, config);

    /// <summary>Opens an adapter's folder.</summary>
    /// <returns>Null, with what is wrong added to the faults, where it cannot be merged into any checkpoint.</returns>
    public static LoraAdapter? Open(string directory, ICollection<string> faults)
    {
        var before = faults.Count;
        if (ReadConfig(Path.Combine(directory, LoraConfig.FileName), faults) is not { } config) return null;
        var adapter = new LoraAdapter(directory, config);
        foreach (var fault in config.Faults()) faults.Add($"{Path.Combine(directory, LoraConfig.FileName)}: {fault}");
        if (faults.Count == before) adapter.OpenFiles(faults);
        if (faults.Count == before) return adapter;
        adapter.Dispose();
        return null;
    }

    /// <summary>True where a tensor of the checkpoint is changed by a low-rank product.</summary>
    public bool Changes(string name) => _factors.ContainsKey(name);

    /// <summary>Names of the tensors that it brings whole.</summary>
    public IReadOnlyCollection<string> WholeTensors => _whole.Keys;

    /// <summary>A tensor that stands in for the checkpoint's of this name, or for one that it lacks; null where there is none.</summary>
    public StoredName? Replacement(string name) => _whole.TryGetValue(name, out var stored) ? stored : null;

    /// <summary>What is added to a tensor; null where it stays as it is.</summary>
    public LowRankUpdate? Update(string name) => _factors.TryGetValue(name, out var factors) ? factors.Read() : null;

    /// <summary>Where the adapter does not fit a checkpoint: tensors that it lacks, or has in another shape.</summary>
    /// <param name="shapeOf">Shape of a tensor of the checkpoint; null where it has none.</param>
    public IEnumerable<string> FaultsWith(Func<string, long[]?> shapeOf) =>
        _factors.SelectMany(entry => entry.Value.FaultsWith(entry.Key, shapeOf(entry.Key)))
            .Concat(_whole.Where(entry => shapeOf(entry.Key) is { } shape && !shape.AsSpan().SequenceEqual(entry.Value.Entry.Shape))
                .Select(entry => $"{entry.Value.File.Path}: tensor '{entry.Value.Name}': shape: is {Text(entry.Value.Entry.Shape)}, "
                    + $"the checkpoint's '{entry.Key}' has {Text(shapeOf(entry.Key)!)}."));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in _files) file.Dispose();
    }

    internal static string Text(long[] shape) => $"[{string.Join(", ", shape)}]";

    private void OpenFiles(ICollection<string> faults)
    {
        var names = new LoraNames(_config);
        if (OpenFile(WeightsFileName, faults) is { } adapter) names.Sort(adapter, _factors, _whole, faults);
        if (File.Exists(Path.Combine(_directory, WholeFileName)) && OpenFile(WholeFileName, faults) is { } whole) LoraNames.SortWhole(whole, _whole);
        else if (File.Exists(Path.Combine(_directory, "non_lora_trainables.bin")))
            faults.Add($"{Path.Combine(_directory, "non_lora_trainables.bin")}: is a pickle, which is never loaded; save its tensors as {WholeFileName}.");
    }

    private SafetensorsFile? OpenFile(string name, ICollection<string> faults)
    {
        try
        {
            var file = SafetensorsFile.Open(Path.Combine(_directory, name));
            _files.Add(file);
            return file;
        }
        catch (Exception fault) when (fault is SafetensorsException or IOException or UnauthorizedAccessException)
        {
            faults.Add(fault.Message);
            return null;
        }
    }

    private static LoraConfig? ReadConfig(string path, ICollection<string> faults)
    {
        try
        {
            return JsonSerializer.Deserialize<LoraConfig>(File.ReadAllText(path), LoraConfig.JsonOptions)
                ?? throw new JsonException("the file holds nothing but null.");
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException)
        {
            faults.Add($"{path}: {fault.Message}");
            return null;
        }
    }
}

/// <summary>A tensor in one of an adapter's files.</summary>
internal readonly record struct StoredName(SafetensorsFile File, string Name)
{
    public TensorEntry Entry => File.Entry(Name);
}
