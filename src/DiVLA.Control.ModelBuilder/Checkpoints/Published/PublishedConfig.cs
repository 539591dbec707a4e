using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Tokenizer;

namespace DiVLA.Control.ModelBuilder.Checkpoints.Published;

/// <summary>All configuration files of a published checkpoint, read and checked.</summary>
/// <param name="Architecture">`model_type` and `policy_head_type`.</param>
/// <param name="Backbone">`config.json`.</param>
/// <param name="Preprocessor">`preprocessor_config.json`.</param>
/// <param name="Head">`policy_head_config` of `config.json`.</param>
/// <param name="Tokenizer">`tokenizer.json`.</param>
/// <param name="SpecialTokens">`tokenizer_config.json`.</param>
internal sealed record PublishedConfig(
    string Architecture,
    Qwen2VlConfig Backbone,
    PreprocessorConfig Preprocessor,
    PolicyHeadConfig Head,
    ByteLevelTokenizer Tokenizer,
    SpecialTokensManifest SpecialTokens)
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

    /// <summary>Reads a folder; null, with faults added, where anything is wrong.</summary>
    /// <param name="directory">The checkpoint.</param>
    /// <param name="adapter">Folder of an adapter, which may bring the head that its base lacks; null for none.</param>
    /// <param name="faults">Takes what is wrong.</param>
    public static PublishedConfig? Read(string directory, string? adapter, ICollection<string> faults)
    {
        var before = faults.Count;
        var json = JsonSection.Open(Path.Combine(directory, ModelConfig.FileName), faults);
        var preprocessing = JsonSection.Open(Path.Combine(directory, PreprocessorConfig.FileName), faults);
        var tokens = JsonSection.Open(Path.Combine(directory, TokenizerConfig.FileName), faults);
        var tokenizer = ByteLevelTokenizer.TryOpen(Path.Combine(directory, TokenizerFileName), faults);
        var special = tokens is not null && tokenizer is not null ? TokenizerConfig.Read(tokens, tokenizer) : null;
        if (json is null) return null;

        var backbone = Qwen2VlConfig.Read(json);
        var preprocessor = preprocessing is null ? null : PreprocessorConfig.Read(preprocessing, backbone.Vision);
        var head = ReadHead(HeadSection(json, adapter), backbone.HiddenSize, faults);
        json.Require(json.Flag("using_film", true), "using_film", "false", "true: a policy without reasoning injection");
        if (tokenizer is not null) CheckTokens(json, backbone, tokenizer);
        if (faults.Count > before) return null;
        return new PublishedConfig($"{json.Text("model_type")}/{TypeOf(head!)}", backbone, preprocessor!, head!, tokenizer!, special!);
    }

    /// <summary>Name of the tokenizer's file in a checkpoint's folder, and in a bundle's.</summary>
    public const string TokenizerFileName = "tokenizer.json";

    // An adapter's base may be Qwen2-VL as it comes, which has no head.
    private static JsonSection HeadSection(JsonSection json, string? adapter) =>
        !json.Has(HeadType) && adapter is not null && JsonSection.Open(Path.Combine(adapter, ModelConfig.FileName), []) is { } own && own.Has(HeadType) ? own : json;

    private static PolicyHeadConfig? ReadHead(JsonSection json, int hiddenSize, ICollection<string> faults)
    {
        var (type, config) = (json.Text(HeadType), json.Section(HeadConfig));
        if (!json.Has(HeadType) || !json.Has(HeadConfig)) return null;
        try
        {
            var head = PolicyHeadConfig.Read(type, config.Element);
            foreach (var fault in head.Faults(hiddenSize)) faults.Add($"{json.File}: {fault}");
            return head;
        }
        catch (ModelBuildException fault)
        {
            foreach (var problem in fault.Faults) faults.Add($"{json.File}: {problem}");
            return null;
        }
    }

    private static string TypeOf(PolicyHeadConfig head) => head is UnetHeadConfig ? PolicyHeadConfig.UnetType : PolicyHeadConfig.ScaleDpType;

    private static void CheckTokens(JsonSection json, Qwen2VlConfig backbone, ByteLevelTokenizer tokenizer)
    {
        var image = tokenizer.IdOf(PromptManifest.ImageToken);
        json.Require(image == backbone.ImageTokenId, "image_token_id", backbone.ImageTokenId, $"{image?.ToString() ?? "an id"}, which {TokenizerFileName} gives {PromptManifest.ImageToken},");
        json.Require(tokenizer.Size <= backbone.VocabSize, "vocab_size", backbone.VocabSize, $"at least {tokenizer.Size}, the ids of {TokenizerFileName},");
    }
}
