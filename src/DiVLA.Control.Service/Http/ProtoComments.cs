using Google.Protobuf.Reflection;

namespace DiVLA.Control.Service.Http;

/// <summary>What the protos say about their messages, fields, enums and calls, by full name. The compiler leaves it out of the generated code; the assembly carries it beside.</summary>
internal sealed class ProtoComments
{
    private const string Extension = ".protoset";
    private readonly Dictionary<string, string> _comments = new(StringComparer.Ordinal);

    private ProtoComments()
    {
    }

    /// <summary>Reads the comments of all protos.</summary>
    public static ProtoComments Read()
    {
        var comments = new ProtoComments();
        var assembly = typeof(Wire.Operations).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.EndsWith(Extension, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            foreach (var file in FileDescriptorSet.Parser.ParseFrom(stream).File) comments.Add(file);
        }
        return comments;
    }

    /// <summary>Empty where the protos say nothing.</summary>
    public string Of(IDescriptor descriptor) => _comments.GetValueOrDefault(descriptor.FullName, "");

    private void Add(FileDescriptorProto file)
    {
        foreach (var location in file.SourceCodeInfo.Location.Where(location => location.LeadingComments.Length > 0))
            if (NameAt(file, location.Path) is { } name) _comments[$"{file.Package}.{name}"] = Text(location.LeadingComments);
    }

    // A location names what it is about by field numbers and indices of the file's descriptor.
    private static string? NameAt(FileDescriptorProto file, IReadOnlyList<int> path) => path switch
    {
        [FileDescriptorProto.MessageTypeFieldNumber, var message] => file.MessageType[message].Name,
        [FileDescriptorProto.MessageTypeFieldNumber, var message, DescriptorProto.FieldFieldNumber, var field] =>
            $"{file.MessageType[message].Name}.{file.MessageType[message].Field[field].Name}",
        [FileDescriptorProto.EnumTypeFieldNumber, var type] => file.EnumType[type].Name,
        [FileDescriptorProto.EnumTypeFieldNumber, var type, EnumDescriptorProto.ValueFieldNumber, var value] => $"{file.EnumType[type].Name}.{file.EnumType[type].Value[value].Name}",
        [FileDescriptorProto.ServiceFieldNumber, var service] => file.Service[service].Name,
        [FileDescriptorProto.ServiceFieldNumber, var service, ServiceDescriptorProto.MethodFieldNumber, var method] =>
            $"{file.Service[service].Name}.{file.Service[service].Method[method].Name}",
        _ => null,
    };

    private static string Text(string comment) => string.Join(' ', comment.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}
