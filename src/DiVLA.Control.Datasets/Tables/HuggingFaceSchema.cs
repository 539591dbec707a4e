using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DiVLA.Control.Datasets.Format;

namespace DiVLA.Control.Datasets.Tables;

/// <summary>The footer entry `huggingface` of data files: column types as the `datasets` library names them.</summary>
internal static class HuggingFaceSchema
{
    public const string Key = "huggingface";

    // Python's json.dumps separates so; readers do not care, eyes and comparisons do.
    private static readonly JsonSerializerOptions _options = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Describes the columns of a data file; videos are in none.</summary>
    public static string Describe(IEnumerable<KeyValuePair<string, Feature>> features)
    {
        var types = new JsonObject(features.Where(feature => !feature.Value.IsVideo).Select(feature => KeyValuePair.Create(feature.Key, (JsonNode?)TypeOf(feature.Key, feature.Value))));
        var fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(types.ToJsonString(_options))))[..16];
        return new JsonObject { ["info"] = new JsonObject { ["features"] = types }, ["fingerprint"] = fingerprint }.ToJsonString(_options);
    }

    private static JsonObject TypeOf(string name, Feature feature) => feature switch
    {
        { Dtype: "image" } => new JsonObject { ["_type"] = "Image" },
        { IsLanguage: true } => ListOf(Phrase(name == FeatureNames.LanguagePersistent)),
        { Width: 1 } => Value(feature.Dtype),
        _ => new JsonObject { ["feature"] = Value(feature.Dtype), ["length"] = feature.Width, ["_type"] = "List" },
    };

    private static JsonObject Phrase(bool isPersistent)
    {
        var phrase = new JsonObject { ["role"] = Value("string"), ["content"] = Value("string"), ["style"] = Value("string") };
        if (isPersistent) phrase["timestamp"] = Value("float32");
        phrase["camera"] = Value("string");
        phrase["tool_calls"] = ListOf(new JsonObject { ["_type"] = "Json" });
        return phrase;
    }

    private static JsonObject Value(string dtype) => new() { ["dtype"] = dtype, ["_type"] = "Value" };

    private static JsonObject ListOf(JsonObject element) => new() { ["feature"] = element, ["_type"] = "List" };
}
