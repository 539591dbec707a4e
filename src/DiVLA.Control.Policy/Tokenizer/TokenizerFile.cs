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

    private static readonly JsonSerializerOptions JsonOptions = new()
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Reads the file.</summary>
    /// <exception cref="JsonException">The file is not JSON, or lacks a member.</exception>
    public static TokenizerFile Read(string path)
    {
        using var stream = File.OpenRead(path);
        return JsonSerializer.Deserialize<TokenizerFile>(stream, JsonOptions) ?? throw new JsonException("The file holds null.");
    }

    /// <summary>The vocabulary.</summary>
    internal sealed record WordModel(
        [property: JsonPropertyName("type")] string Type,
        [property: JsonPropertyName("vocab")] Dictionary<string, int> Vocabulary,
        [property: JsonPropertyName("unk_token")] string UnknownToken);

    /// <summary>How text is prepared.</summary>
    internal sealed record Step([property: JsonPropertyName("type")] string Type);
}
