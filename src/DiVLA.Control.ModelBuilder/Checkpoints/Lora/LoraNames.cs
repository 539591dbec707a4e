using DiVLA.Control.ModelBuilder.Safetensors;

namespace DiVLA.Control.ModelBuilder.Checkpoints.Lora;

/// <summary>Which tensor of the checkpoint each tensor of an adapter belongs to, by its name.</summary>
/// <remarks>`base_model.model.{module}.lora_A.weight` and its B belong to `{module}.weight`; without such a part, a tensor is a whole one.</remarks>
internal sealed class LoraNames(LoraConfig config)
{
    private const string Prefix = "base_model.model.";

    /// <summary>Sorts the tensors of `adapter_model.safetensors` into factors and whole tensors.</summary>
    public void Sort(
        SafetensorsFile file, Dictionary<string, LoraFactors> factors, Dictionary<string, StoredName> whole, ICollection<string> faults)
    {
        var modules = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in file.Tensors.Keys.Order(StringComparer.Ordinal))
        {
            var plain = name.Replace(".default.", ".", StringComparison.Ordinal);
            if (!plain.StartsWith(Prefix, StringComparison.Ordinal)) faults.Add($"{file.Path}: tensor '{name}': name: '{Prefix}' is missing.");
            else if (!plain.Contains(".lora_", StringComparison.Ordinal)) whole[Stripped(plain)] = new StoredName(file, name);
            else if (Pair(file, name, plain, faults) is { } pair)
            {
                modules.Add(pair.Module);
                factors[$"{pair.Module}.weight"] = pair.Factors;
            }
        }
        foreach (var target in config.Unmatched(modules)) faults.Add($"{file.Path}: target_modules: no tensor belongs to '{target}'.");
    }

    /// <summary>Takes over every tensor of `non_lora_trainables.safetensors`. Some are saved one module deeper.</summary>
    public static void SortWhole(SafetensorsFile file, Dictionary<string, StoredName> whole)
    {
        var names = file.Tensors.Keys.ToDictionary(name => name, Stripped);
        var isDeeper = names.Values.Any(name => name.StartsWith("model.policy_head.", StringComparison.Ordinal));
        foreach (var (name, stripped) in names)
            whole[isDeeper && stripped.StartsWith("model.", StringComparison.Ordinal) ? stripped["model.".Length..] : stripped] = new StoredName(file, name);
    }

    // Every pair is met twice, once by each factor; only A makes one.
    private (string Module, LoraFactors Factors)? Pair(SafetensorsFile file, string name, string plain, ICollection<string> faults)
    {
        var part = plain.LastIndexOf(".lora_", StringComparison.Ordinal);
        var (module, kind) = (plain[Prefix.Length..part], plain[part..]);
        if (kind is not (".lora_A.weight" or ".lora_B.weight" or ".lora_embedding_A" or ".lora_embedding_B"))
        {
            faults.Add($"{file.Path}: tensor '{name}': name: '{kind}' cannot be merged.");
            return null;
        }
        var isA = kind.Contains("_A", StringComparison.Ordinal);
        var other = name.Replace(isA ? "_A" : "_B", isA ? "_B" : "_A", StringComparison.Ordinal);
        if (!file.Tensors.ContainsKey(other)) faults.Add($"{file.Path}: tensor '{other}': is missing, '{name}' needs it.");
        else if (!config.Targets(module)) faults.Add($"{file.Path}: tensor '{name}': name: target_modules does not name '{module}'.");
        else if (isA) return (module, Factors(file, module, name, other, kind));
        return null;
    }

    private LoraFactors Factors(SafetensorsFile file, string module, string a, string b, string kind) =>
        new(file, a, b, config.Rank(module), config.Scaling(module), config.FanInFanOut || kind == ".lora_embedding_A");

    private static string Stripped(string name) => name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name;
}
