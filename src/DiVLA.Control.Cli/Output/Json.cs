using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DiVLA.Control.Service;

namespace DiVLA.Control.Cli;

/// <summary>How results of the command's own are written for machines: one object a line, snake_case names. What the service answers is written by <see cref="WireJson"/>, as over HTTP.</summary>
internal static class Json
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        // The output is JSON, not a web page: quotation marks in phrases stay readable.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>One line.</summary>
    public static string Line<T>(T value) => JsonSerializer.Serialize(value, Options);
}
