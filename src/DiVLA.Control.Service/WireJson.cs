using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Enum = System.Enum;

namespace DiVLA.Control.Service;

/// <summary>Messages as JSON, as the service writes them over HTTP: names as in the protos, enums without their prefix, whole numbers as numbers.</summary>
public static class WireJson
{
    // The output is JSON, not a web page: quotation marks in phrases stay readable.
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One line.</summary>
    public static string Line(IMessage message) => Of(message).ToJsonString(Options);

    /// <summary>An object with every field but those messages that are absent.</summary>
    public static JsonObject Of(IMessage message)
    {
        var json = new JsonObject();
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
            if (!field.HasPresence || field.Accessor.HasValue(message)) json[field.JsonName] = Value(field, field.Accessor.GetValue(message));
        return json;
    }

    /// <summary>An enum's value without the prefix that all values of the enum have: 'FRESH' for LADDER_STATE_FRESH.</summary>
    public static string Word(EnumValueDescriptor value)
    {
        var prefix = JsonNamingPolicy.SnakeCaseUpper.ConvertName(value.EnumDescriptor.Name) + "_";
        return value.Name.StartsWith(prefix, StringComparison.Ordinal) ? value.Name[prefix.Length..] : value.Name;
    }

    private static JsonNode? Value(FieldDescriptor field, object value) => field.IsRepeated
        ? new JsonArray([.. ((System.Collections.IEnumerable)value).Cast<object>().Select(item => Single(field, item))])
        : Single(field, value);

    private static JsonNode? Single(FieldDescriptor field, object value) => value switch
    {
        bool flag => JsonValue.Create(flag),
        string text => JsonValue.Create(text),
        ByteString bytes => JsonValue.Create(bytes.ToBase64()),
        Timestamp time => JsonValue.Create(Text(time)),
        IMessage message => Of(message),
        Enum word => JsonValue.Create(Word(field, Convert.ToInt32(word, CultureInfo.InvariantCulture))),
        double number when !double.IsFinite(number) => JsonValue.Create(number.ToString(CultureInfo.InvariantCulture)),
        double number => JsonValue.Create(number),
        ulong number => JsonValue.Create(number),
        long number => JsonValue.Create(number),
        uint number => JsonValue.Create(number),
        _ => JsonValue.Create((int)value),
    };

    private static string Word(FieldDescriptor field, int number) =>
        field.EnumType.FindValueByNumber(number) is { } value ? Word(value) : number.ToString(CultureInfo.InvariantCulture);

    // As the message itself writes it, without the quotation marks.
    private static string Text(Timestamp time) => time.ToString().Trim('"');
}
