using System.Text.Json;
using System.Text.RegularExpressions;

namespace DiVLA.Control.ModelBuilder.Checkpoints.Lora;

/// <summary>`adapter_config.json` of PEFT, as far as merging depends on it. Fields that only training reads are passed over.</summary>
internal sealed record LoraConfig
{
    /// <summary>Name of the file in an adapter's folder.</summary>
    public const string FileName = "adapter_config.json";

    private const string AllLinear = "all-linear";

    public required string PeftType { get; init; }

    public required int R { get; init; }

    public required double LoraAlpha { get; init; }

    /// <summary>Scaling is alpha / sqrt(r) instead of alpha / r.</summary>
    public bool UseRslora { get; init; }

    /// <summary>Weights are stored `[in, out]`.</summary>
    public bool FanInFanOut { get; init; }

    public bool UseDora { get; init; }

    /// <summary>A list of module names, or one regular expression.</summary>
    public required JsonElement TargetModules { get; init; }

    /// <summary>Ranks of modules that differ from <see cref="R"/>.</summary>
    public Dictionary<string, int>? RankPattern { get; init; }

    /// <summary>Alphas of modules that differ from <see cref="LoraAlpha"/>.</summary>
    public Dictionary<string, double>? AlphaPattern { get; init; }

    /// <summary>Which biases were trained: `none`, `all` or `lora_only`. Those that were come whole, under their own names.</summary>
    public string Bias { get; init; } = "none";

    /// <summary>Layers used more than once; cannot be merged.</summary>
    public JsonElement? LayerReplication { get; init; }

    /// <summary>What keeps the adapter from being merged: field, found, needed.</summary>
    public IEnumerable<string> Faults()
    {
        if (PeftType != "LORA") yield return $"peft_type: is '{PeftType}', 'LORA' is needed.";
        if (R < 1) yield return $"r: is {R}, at least 1 is needed.";
        if (!(LoraAlpha > 0)) yield return $"lora_alpha: is {LoraAlpha}, more than 0 is needed.";
        if (UseDora) yield return "use_dora: is true; a weight-decomposed adapter cannot be merged by addition.";
        if (Bias is not ("none" or "all" or "lora_only")) yield return $"bias: is '{Bias}', 'none', 'all' or 'lora_only' is needed.";
        if (LayerReplication is { ValueKind: not JsonValueKind.Null }) yield return "layer_replication: is set, which cannot be merged.";
        if (TargetModules.ValueKind is not (JsonValueKind.Array or JsonValueKind.String)) yield return "target_modules: is no list and no pattern.";
    }

    /// <summary>What the low-rank product of a module is multiplied by.</summary>
    public double Scaling(string module)
    {
        var (alpha, rank) = (Of(AlphaPattern, module, LoraAlpha), Rank(module));
        return UseRslora ? alpha / Math.Sqrt(rank) : alpha / rank;
    }

    /// <summary>Rank of a module's factors.</summary>
    public int Rank(string module) => Of(RankPattern, module, R);

    /// <summary>True where the configuration says that a module was adapted.</summary>
    public bool Targets(string module) => TargetModules.ValueKind == JsonValueKind.String
        ? TargetModules.GetString() == AllLinear || Regex.IsMatch(module, $"^(?:{TargetModules.GetString()})$", RegexOptions.None, TimeSpan.FromSeconds(1))
        : TargetNames.Any(name => IsNamed(module, name));

    /// <summary>Names in the list that no module has; none where the configuration has a pattern.</summary>
    public IEnumerable<string> Unmatched(IEnumerable<string> modules) => TargetModules.ValueKind == JsonValueKind.String
        ? []
        : TargetNames.Where(name => !modules.Any(module => IsNamed(module, name)));

    private IEnumerable<string> TargetNames => TargetModules.EnumerateArray().Select(name => name.ToString());

    private static bool IsNamed(string module, string name) => module == name || module.EndsWith($".{name}", StringComparison.Ordinal);

    // PEFT takes the first pattern that ends the module's name.
    private static T Of<T>(Dictionary<string, T>? patterns, string module, T otherwise)
    {
        foreach (var (pattern, value) in patterns ?? [])
            if (Regex.IsMatch(module, $@"^(?:.*\.)?(?:{pattern})$", RegexOptions.None, TimeSpan.FromSeconds(1))) return value;
        return otherwise;
    }

    /// <summary>How the file is read.</summary>
    public static JsonSerializerOptions JsonOptions { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
    };
}
