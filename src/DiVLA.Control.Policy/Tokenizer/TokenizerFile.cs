using System.Text.Json;
using System.Text.Json.Serialization;

namespace DiVLA.Control.Policy.Tokenizer;

/// <summary>The part of a Hugging Face `tokenizer.json` that whole-word tokenizers use; the rest of the file is skipped.</summary>
internal sealed record TokenizerFile(
    [property: JsonPropertyName("model")] TokenizerFile.WordModel Model,
    [property: JsonPropertyName("normalizer")] TokenizerFile.Step? Normalizer,
    [property: JsonPropertyName("pre_tokenizer")] TokenizerFile.Step? PreTokenizer)
{
    /// <summary>Name of the file in the bundle's folder.</summary>
    public const string FileName = "tokenizer.json";

    public static JsonSerializerOptions JsonOptions { get; } = new()
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The vocabulary.</summary>
    internal sealed record WordModel(
        [property: JsonPropertyName("type")] string Type,
        [property: JsonPropertyName("vocab")] Dictionary<string, int> Vocabulary,
        [property: JsonPropertyName("unk_token")] string UnknownToken);

    /// <summary>How text is prepared.</summary>
    internal sealed record Step([property: JsonPropertyName("type")] string Type);
}
