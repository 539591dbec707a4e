using System.Text.Json;
using System.Text.Json.Serialization;

namespace DiVLA.Control.Policy.Tokenizer;

/// <summary>The part of a Hugging Face `tokenizer.json` that byte-level BPE uses.</summary>
internal sealed record ByteLevelTokenizerFile(
    [property: JsonPropertyName("model")] ByteLevelTokenizerFile.BpeModel Model,
    [property: JsonPropertyName("added_tokens")] ByteLevelTokenizerFile.AddedToken[] AddedTokens,
    [property: JsonPropertyName("normalizer")] ByteLevelTokenizerFile.Step? Normalizer,
    [property: JsonPropertyName("pre_tokenizer")] ByteLevelTokenizerFile.PreTokenizerStep? PreTokenizer)
{
    /// <summary>`model.type` of such a file.</summary>
    public const string ModelType = "BPE";

    [JsonIgnore]
    private string Pattern => PreTokenizer?.PreTokenizers.FirstOrDefault(step => step.Type == "Split")?.Pattern?.Regex ?? "";

    /// <summary>Where the file asks for something that <see cref="ByteLevelTokenizer"/> does not do: field, found, expected.</summary>
    public IEnumerable<(string Field, string Found, string Expected)> Faults()
    {
        if (Model.Type != ModelType) yield return ("model.type", Model.Type, ModelType);
        if (Model.Vocabulary.Count == 0) yield return ("model.vocab", "no tokens", "at least one");
        if (Model.IgnoreMerges) yield return ("model.ignore_merges", "true", "false");
        if (Array.Exists(Model.Merges, pair => pair.Length != 2)) yield return ("model.merges", "an entry that is no pair", "pairs of tokens");
        if (Normalizer?.Type != "NFC") yield return ("normalizer.type", Normalizer?.Type ?? "none", "NFC");
        var steps = PreTokenizer?.PreTokenizers.Select(step => step.Type).ToArray() ?? [];
        if (steps is not ["Split", "ByteLevel"]) yield return ("pre_tokenizer", string.Join(", ", steps), "Split, ByteLevel");
        if (Pattern != Qwen2PreTokenizer.Pattern) yield return ("pre_tokenizer.pattern.Regex", $"'{Pattern}'", $"Qwen2's '{Qwen2PreTokenizer.Pattern}'");
        foreach (var token in AddedTokens.Where(token => token.Lstrip || token.Rstrip || token.SingleWord || token.Normalized))
            yield return ($"added_tokens '{token.Content}'", "lstrip, rstrip, single_word or normalized", "none of them");
    }

    public static JsonSerializerOptions JsonOptions { get; } = new()
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new MergeConverter() },
    };

    /// <summary>Vocabulary and merges.</summary>
    internal sealed record BpeModel(
        [property: JsonPropertyName("type")] string Type,
        [property: JsonPropertyName("vocab")] Dictionary<string, int> Vocabulary,
        [property: JsonPropertyName("merges")] string[][] Merges,
        [property: JsonPropertyName("ignore_merges")] bool IgnoreMerges = false);

    /// <summary>A token beside the vocabulary.</summary>
    internal sealed record AddedToken(
        [property: JsonPropertyName("id")] int Id,
        [property: JsonPropertyName("content")] string Content,
        [property: JsonPropertyName("special")] bool Special = false,
        [property: JsonPropertyName("single_word")] bool SingleWord = false,
        [property: JsonPropertyName("lstrip")] bool Lstrip = false,
        [property: JsonPropertyName("rstrip")] bool Rstrip = false,
        [property: JsonPropertyName("normalized")] bool Normalized = false);

    /// <summary>How text is prepared.</summary>
    internal sealed record Step([property: JsonPropertyName("type")] string Type);

    /// <summary>How text is split.</summary>
    internal sealed record PreTokenizerStep([property: JsonPropertyName("pretokenizers")] SplitStep[] PreTokenizers);

    /// <summary>One step of splitting.</summary>
    internal sealed record SplitStep(
        [property: JsonPropertyName("type")] string Type,
        [property: JsonPropertyName("pattern")] SplitPattern? Pattern = null);

    /// <summary>A regular expression.</summary>
    internal sealed record SplitPattern([property: JsonPropertyName("Regex")] string Regex);

    // Older files write a merge as "a b", newer ones as ["a", "b"].
    private sealed class MergeConverter : JsonConverter<string[]>
    {
        public override string[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.String) return reader.GetString()!.Split(' ');
            var parts = new List<string>();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                parts.Add(reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException("a merge holds something else than texts"));
            return [.. parts];
        }

        public override void Write(Utf8JsonWriter writer, string[] value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, string.Join(' ', value));
    }
}
