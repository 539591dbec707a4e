using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Google.Api;
using Google.Protobuf.Reflection;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace DiVLA.Control.Service.Http;

/// <summary>The OpenAPI description of everything that an operator calls, made from the protos: what they say is what is served.</summary>
internal sealed partial class OpenApiDocument
{
    private static readonly Lazy<byte[]> Built = new(() => JsonSerializer.SerializeToUtf8Bytes(new OpenApiDocument().Build()));
    private static readonly FileDescriptor[] Files = [Wire.OperationsReflection.Descriptor, Wire.ReasoningReflection.Descriptor];
    private readonly ProtoComments _comments = ProtoComments.Read();
    private readonly OpenApiSchemas _schemas;
    private readonly JsonObject _paths = [];

    private OpenApiDocument() => _schemas = new OpenApiSchemas(_comments);

    /// <summary>The document as JSON.</summary>
    public static byte[] Bytes => Built.Value;

    private JsonObject Build()
    {
        foreach (var service in Files.SelectMany(file => file.Services))
            foreach (var method in service.Methods) AddCall(service, method);
        AddEvents(OperatorHttp.AllEvents, "All");
        AddEvents(OperatorHttp.SessionEvents, "One");
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "DiVLA.Control",
                ["version"] = "v1",
                ["description"] = "What an operator calls: watch arms, read and steer their reasoning, stop them. The same calls are served over gRPC.",
            },
            ["tags"] = new JsonArray([.. Files.SelectMany(file => file.Services).Select(
                service => new JsonObject { ["name"] = service.Name, ["description"] = _comments.Of(service) })]),
            ["paths"] = _paths,
            ["components"] = new JsonObject { ["schemas"] = Schemas() },
        };
    }

    private void AddCall(ServiceDescriptor service, MethodDescriptor method)
    {
        if (method.GetOptions()?.GetExtension(AnnotationsExtensions.Http) is not { } rule) return;
        var bindings = rule.AdditionalBindings.Prepend(rule).ToArray();
        for (var index = 0; index < bindings.Length; index++)
        {
            var id = $"{service.Name}_{method.Name}{(index == 0 ? "" : $"_{index + 1}")}";
            Add(bindings[index], Operation(id, service, method, bindings[index]));
        }
    }

    private JsonObject Operation(string id, ServiceDescriptor service, MethodDescriptor method, HttpRule binding)
    {
        var operation = new JsonObject
        {
            ["operationId"] = id,
            ["tags"] = new JsonArray(service.Name),
            ["description"] = _comments.Of(method),
            ["parameters"] = Parameters(method.InputType, binding),
        };
        if (binding.Body == "*") operation["requestBody"] = new JsonObject { ["content"] = Content("application/json", _schemas.Of(method.InputType)) };
        operation["responses"] = Responses("application/json", _schemas.Of(method.OutputType));
        return operation;
    }

    private JsonArray Parameters(MessageDescriptor input, HttpRule binding)
    {
        string[] inPath = [.. PathParameter().Matches(TemplateOf(binding)).Select(match => match.Groups[1].Value)];
        var parameters = new JsonArray([.. inPath.Select(name => Parameter(name, "path", FieldAt(input, name)))]);
        if (binding.Body == "*") return parameters;
        foreach (var field in input.Fields.InDeclarationOrder().Where(field => !inPath.Contains(field.Name)))
            parameters.Add(Parameter(field.JsonName, "query", field));
        return parameters;
    }

    private JsonObject Parameter(string name, string place, FieldDescriptor field)
    {
        var parameter = new JsonObject { ["name"] = name, ["in"] = place, ["required"] = place == "path" };
        var schema = _schemas.Of(field);
        if (schema.Remove("description", out var description)) parameter["description"] = description;
        parameter["schema"] = schema;
        return parameter;
    }

    private void AddEvents(string path, string which)
    {
        var watch = Wire.WatchRequest.Descriptor;
        var parameters = new JsonArray(
            Parameter("period_ms", "query", watch.FindFieldByName("period_ms")), Parameter("with_pictures", "query", watch.FindFieldByName("with_pictures")));
        if (path == OperatorHttp.SessionEvents) parameters.Insert(0, Parameter("session", "path", watch.FindFieldByName("session")));
        _paths[path] = new JsonObject
        {
            ["get"] = new JsonObject
            {
                ["operationId"] = $"Events_{which}",
                ["tags"] = new JsonArray("Operations"),
                ["description"] = "Server-sent events. The name of an event is one of the alternatives of WatchResponse, its data is that field, with session_id, robot_id "
                    + "and, where news were skipped, skipped. Pictures come unless with_pictures is false.",
                ["parameters"] = parameters,
                ["responses"] = Responses("text/event-stream", _schemas.Of(Wire.WatchResponse.Descriptor)),
            },
        };
    }

    private void Add(HttpRule binding, JsonObject operation)
    {
        var path = TemplateOf(binding);
        if (_paths[path] is not JsonObject methods) _paths[path] = methods = [];
        methods[binding.PatternCase == HttpRule.PatternOneofCase.Get ? "get" : "post"] = operation;
    }

    private JsonObject Schemas()
    {
        var schemas = new JsonObject();
        foreach (var (name, schema) in _schemas.All) schemas[name] = schema;
        schemas["Error"] = new JsonObject
        {
            ["type"] = "object",
            ["description"] = "A gRPC status.",
            ["properties"] = new JsonObject
            {
                ["code"] = new JsonObject { ["type"] = "integer", ["description"] = "Number of the gRPC status: 3 INVALID_ARGUMENT, 5 NOT_FOUND, 9 FAILED_PRECONDITION, ..." },
                ["message"] = new JsonObject { ["type"] = "string", ["description"] = "What is wrong, in words." },
                ["details"] = new JsonObject { ["type"] = "array", ["items"] = new JsonObject() },
            },
        };
        return schemas;
    }

    private static JsonObject Responses(string type, JsonObject schema) => new()
    {
        ["200"] = new JsonObject { ["description"] = "Done.", ["content"] = Content(type, schema) },
        ["default"] = new JsonObject
        {
            ["description"] = "Refused, or failed.",
            ["content"] = Content("application/json", new JsonObject { ["$ref"] = "#/components/schemas/Error" }),
        },
    };

    private static JsonObject Content(string type, JsonObject schema) => new() { [type] = new JsonObject { ["schema"] = schema } };

    private static string TemplateOf(HttpRule binding) => binding.PatternCase == HttpRule.PatternOneofCase.Get ? binding.Get : binding.Post;

    private static FieldDescriptor FieldAt(MessageDescriptor message, string path)
    {
        var names = path.Split('.');
        foreach (var name in names[..^1]) message = message.FindFieldByName(name).MessageType;
        return message.FindFieldByName(names[^1]);
    }

    [GeneratedRegex(@"\{([^}]+)\}")]
    private static partial Regex PathParameter();
}
