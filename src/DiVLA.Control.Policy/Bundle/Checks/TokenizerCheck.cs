using DiVLA.Control.Policy.Tokenizer;

namespace DiVLA.Control.Policy.Bundle.Checks;

/// <summary>Reads tokenizer.json and holds it to what the runtime's tokenizer does.</summary>
internal static class TokenizerCheck
{
    /// <summary>The tokenizer, or null where the file has faults.</summary>
    public static ITextTokenizer? Run(BundleFolder folder, PolicyManifest manifest, FaultList faults) => manifest.Prompt.Kind == PromptKind.Chat
        ? ByteLevel(folder, manifest.SpecialTokens, faults)
        : WholeWords(folder, manifest.SpecialTokens, faults);

    private static ByteLevelTokenizer? ByteLevel(BundleFolder folder, SpecialTokensManifest special, FaultList faults)
    {
        var file = JsonFileReader.Read<ByteLevelTokenizerFile>(
            folder, TokenizerFile.FileName, ByteLevelTokenizerFile.JsonOptions, faults, mayHoldNull: true);
        if (file is null) return null;
        var wrong = file.Faults().ToArray();
        foreach (var (field, found, expected) in wrong) faults.Add(TokenizerFile.FileName, field, found, expected);
        if (wrong.Length > 0) return null;
        var tokenizer = ByteLevelTokenizer.Create(file);
        faults.Require(special.Pad < tokenizer.Size, TokenizerFile.FileName, "special_tokens.pad", special.Pad, $"an id below {tokenizer.Size}");
        faults.Require(special.Eos < tokenizer.Size, TokenizerFile.FileName, "special_tokens.eos", special.Eos, $"an id below {tokenizer.Size}");
        return tokenizer;
    }

    private static WordTokenizer? WholeWords(BundleFolder folder, SpecialTokensManifest special, FaultList faults)
    {
        var file = JsonFileReader.Read<TokenizerFile>(folder, TokenizerFile.FileName, TokenizerFile.JsonOptions, faults, mayHoldNull: true);
        if (file is null) return null;
        var model = file.Model;
        var isUsable =
            Require(model.Type == "WordLevel", "model.type", model.Type, "WordLevel")
            & Require(file.Normalizer?.Type == "Lowercase", "normalizer.type", file.Normalizer?.Type, "Lowercase")
            & Require(file.PreTokenizer?.Type == "Whitespace", "pre_tokenizer.type", file.PreTokenizer?.Type, "Whitespace")
            & Require(
                IsWithoutGaps(model.Vocabulary),
                "model.vocab", $"{model.Vocabulary.Count} words", "ids 0 to size - 1, each once, words without line breaks")
            & Require(
                model.Vocabulary.TryGetValue(model.UnknownToken, out var unknown) && unknown == special.Unk,
                "model.unk_token", $"'{model.UnknownToken}'", $"the word with id {special.Unk}")
            & Require(special.Pad < model.Vocabulary.Count, "special_tokens.pad", special.Pad, "an id of the vocabulary")
            & Require(special.Eos < model.Vocabulary.Count, "special_tokens.eos", special.Eos, "an id of the vocabulary");
        return isUsable ? new WordTokenizer(model.Vocabulary, model.UnknownToken) : null;

        bool Require(bool condition, string field, object? found, string expected) =>
            faults.Require(condition, TokenizerFile.FileName, field, found, expected);
    }

    private static bool IsWithoutGaps(Dictionary<string, int> vocabulary) =>
        vocabulary.Count > 0
        && vocabulary.Values.Order().SequenceEqual(Enumerable.Range(0, vocabulary.Count))
        && vocabulary.Keys.All(word => word.IndexOfAny(['\r', '\n']) < 0);
}
