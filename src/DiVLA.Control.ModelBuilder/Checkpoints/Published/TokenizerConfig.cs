using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Tokenizer;

namespace DiVLA.Control.ModelBuilder.Checkpoints.Published;

/// <summary>Special tokens that `tokenizer_config.json` names, by the ids that `tokenizer.json` gives them.</summary>
internal static class TokenizerConfig
{
    /// <summary>Name of the file in a checkpoint's folder.</summary>
    public const string FileName = "tokenizer_config.json";

    /// <summary>Bytes leave no word unknown.</summary>
    private const int NoUnknown = -1;

    /// <summary>Reads the file.</summary>
    public static SpecialTokensManifest Read(JsonSection json, ByteLevelTokenizer tokenizer) =>
        new(IdOf(json, "pad_token", tokenizer), IdOf(json, "eos_token", tokenizer), NoUnknown);

    // A token is a text, or an object that has it as its content.
    private static int IdOf(JsonSection json, string name, ByteLevelTokenizer tokenizer)
    {
        var isObject = json.Has(name) && json.Element.GetProperty(name).ValueKind == System.Text.Json.JsonValueKind.Object;
        var text = isObject ? json.Section(name).Text("content") : json.Text(name);
        if (text.Length == 0) return 0;
        var id = tokenizer.IdOf(text);
        json.Require(id is not null, name, $"'{text}'", "a token of tokenizer.json");
        return id ?? 0;
    }
}
