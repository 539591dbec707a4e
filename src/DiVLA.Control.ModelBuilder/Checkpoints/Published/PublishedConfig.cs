using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Tokenizer;

namespace DiVLA.Control.ModelBuilder.Checkpoints.Published;

/// <summary>The configuration files of a published checkpoint, each read and checked on its own: what is wrong with one leaves the others to be checked.</summary>
/// <param name="Backbone">`config.json`.</param>
/// <param name="Head">`policy_head_config` of `config.json`.</param>
/// <param name="Preprocessor">`preprocessor_config.json`.</param>
/// <param name="Tokenizer">`tokenizer.json`.</param>
/// <param name="SpecialTokens">`tokenizer_config.json`.</param>
internal sealed record PublishedConfig(
    Qwen2VlConfig? Backbone, PolicyHeadConfig? Head, PreprocessorConfig? Preprocessor, ByteLevelTokenizer? Tokenizer, SpecialTokensManifest? SpecialTokens)
{
    private const string HeadType = "policy_head_type";
    private const string HeadConfig = "policy_head_config";

    /// <summary>True where a folder holds what DiVLA's and DexVLA's code saves, not what training here leaves.</summary>
    public static bool IsPublished(string directory)
    {
        var json = JsonSection.Open(Path.Combine(directory, ModelConfig.FileName), []);
        if (json?.Has("architecture") == true) return false;
        return json?.Has("model_type") == true
            || File.Exists(Path.Combine(directory, PreprocessorConfig.FileName))
            || File.Exists(Path.Combine(directory, ShardIndex.FileName));
    }

    /// <summary>Reads a folder. Parts that anything is wrong with are null.</summary>
    /// <param name="directory">The checkpoint.</param>
    /// <param name="adapter">Folder of an adapter, which may bring the head that its base lacks; null for none.</param>
    /// <param name="faults">Takes what is wrong.</param>
    public static PublishedConfig Read(string directory, string? adapter, ICollection<string> faults)
    {
        var json = JsonSection.Open(Path.Combine(directory, ModelConfig.FileName), faults);
        var preprocessing = JsonSection.Open(Path.Combine(directory, PreprocessorConfig.FileName), faults, ChatTemplate.Remedy);
        var tokens = JsonSection.Open(Path.Combine(directory, TokenizerConfig.FileName), faults);
        var tokenizer = ByteLevelTokenizer.TryOpen(Path.Combine(directory, TokenizerFileName), faults);
        var backbone = json is null ? null : Sound(faults, () => Qwen2VlConfig.Read(json));
        if (json is not null && backbone is not null && tokenizer is not null) CheckTokens(json, backbone, tokenizer);
        return new PublishedConfig(
            backbone,
            json is null ? null : Sound(faults, () => ReadHead(json, adapter, backbone, faults)),
            preprocessing is null || backbone is null ? null : Sound(faults, () => PreprocessorConfig.Read(preprocessing, backbone.Vision)),
            tokenizer,
            tokens is null || tokenizer is null ? null : Sound(faults, () => TokenizerConfig.Read(tokens, tokenizer)));
    }

    /// <summary>`model_type` and `policy_head_type`.</summary>
    public string Architecture => $"{Backbone?.ModelType}/{(Head is UnetHeadConfig ? PolicyHeadConfig.UnetType : PolicyHeadConfig.ScaleDpType)}";

    /// <summary>Name of the tokenizer's file in a checkpoint's folder, and in a bundle's.</summary>
    public const string TokenizerFileName = "tokenizer.json";

    private static T? Sound<T>(ICollection<string> faults, Func<T?> read) where T : class
    {
        var before = faults.Count;
        var part = read();
        return faults.Count == before ? part : null;
    }

    private static PolicyHeadConfig? ReadHead(JsonSection json, string? adapter, Qwen2VlConfig? backbone, ICollection<string> faults)
    {
        json.Require(json.Flag("using_film", true), "using_film", "false", "true");
        var place = HeadSection(json, adapter);
        var (type, config) = (place.Text(HeadType), place.Section(HeadConfig));
        if (!place.Has(HeadType) || !place.Has(HeadConfig)) return null;
        try
        {
            var head = PolicyHeadConfig.Read(type, config.Element);
            foreach (var fault in head.Faults(backbone?.HiddenSize ?? head.ConditionSize)) faults.Add($"{place.File}: {fault}");
            return head;
        }
        catch (ModelBuildException fault)
        {
            foreach (var problem in fault.Faults) faults.Add($"{place.File}: {problem}");
            return null;
        }
    }

    // An adapter's base may be Qwen2-VL as it comes, which has no head.
    private static JsonSection HeadSection(JsonSection json, string? adapter) =>
        !json.Has(HeadType) && adapter is not null && JsonSection.Open(Path.Combine(adapter, ModelConfig.FileName), []) is { } own && own.Has(HeadType) ? own : json;

    private static void CheckTokens(JsonSection json, Qwen2VlConfig backbone, ByteLevelTokenizer tokenizer)
    {
        var image = tokenizer.IdOf(PromptManifest.ImageToken);
        json.Require(image == backbone.ImageTokenId, "image_token_id", backbone.ImageTokenId, $"{image?.ToString() ?? "an id"}, which {TokenizerFileName} gives {PromptManifest.ImageToken},");
        json.Require(tokenizer.Size <= backbone.VocabSize, "vocab_size", backbone.VocabSize, $"at least {tokenizer.Size}, the ids of {TokenizerFileName},");
    }
}
