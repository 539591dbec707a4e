using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace DiVLA.Control.Service.Http;

/// <summary>Messages and enums as JSON schemas, as transcoding writes and reads them.</summary>
internal sealed class OpenApiSchemas(ProtoComments comments)
{
    /// <summary>Every schema that was referred to, by name.</summary>
    public SortedDictionary<string, JsonNode?> All { get; } = new(StringComparer.Ordinal);

    /// <summary>A reference to a message, which is described on the way.</summary>
    public JsonObject Of(MessageDescriptor message)
    {
        if (message.FullName == Timestamp.Descriptor.FullName) return new JsonObject { ["type"] = "string", ["format"] = "date-time" };
        if (All.TryAdd(message.Name, null)) All[message.Name] = Describe(message);
        return Reference(message.Name);
    }

    /// <summary>A field, with what the protos say about it.</summary>
    public JsonObject Of(FieldDescriptor field)
    {
        var schema = field.IsRepeated ? new JsonObject { ["type"] = "array", ["items"] = Single(field) } : Single(field);
        if (comments.Of(field) is { Length: > 0 } comment) schema["description"] = comment;
        return schema;
    }

    private JsonObject Describe(MessageDescriptor message)
    {
        var properties = new JsonObject();
        foreach (var field in message.Fields.InDeclarationOrder()) properties[field.JsonName] = Of(field);
        var alternatives = message.Oneofs.Select(oneof => $"At most one of: {string.Join(", ", oneof.Fields.Select(field => field.JsonName))}.");
        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties };
        var description = string.Join(' ', new[] { comments.Of(message) }.Concat(alternatives).Where(text => text.Length > 0));
        if (description.Length > 0) schema["description"] = description;
        return schema;
    }

    private JsonObject Describe(EnumDescriptor type)
    {
        var lines = type.Values.Select(value => (Word: WireJson.Word(value), Comment: comments.Of(value))).Where(line => line.Comment.Length > 0);
        return new JsonObject
        {
            ["type"] = "string",
            ["enum"] = new JsonArray([.. type.Values.Select(value => JsonValue.Create(WireJson.Word(value)))]),
            ["description"] = string.Join('\n', new[] { comments.Of(type) }.Concat(lines.Select(line => $"- `{line.Word}`: {line.Comment}"))),
        };
    }

    private JsonObject Single(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message => Of(field.MessageType),
        FieldType.Enum => Of(field.EnumType),
        FieldType.Bool => new JsonObject { ["type"] = "boolean" },
        FieldType.String => new JsonObject { ["type"] = "string" },
        FieldType.Bytes => new JsonObject { ["type"] = "string", ["contentEncoding"] = "base64" },
        FieldType.Double => new JsonObject { ["type"] = "number", ["format"] = "double" },
        FieldType.UInt32 => new JsonObject { ["type"] = "integer", ["format"] = "int64", ["minimum"] = 0, ["maximum"] = uint.MaxValue },
        FieldType.UInt64 => new JsonObject { ["type"] = "integer", ["minimum"] = 0 },
        FieldType.Int64 => new JsonObject { ["type"] = "integer", ["format"] = "int64" },
        _ => throw new NotSupportedException($"{field.FullName}: no schema for {field.FieldType}"),
    };

    private JsonObject Of(EnumDescriptor type)
    {
        if (All.TryAdd(type.Name, null)) All[type.Name] = Describe(type);
        return Reference(type.Name);
    }

    private static JsonObject Reference(string name) => new() { ["$ref"] = $"#/components/schemas/{name}" };
}
