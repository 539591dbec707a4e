using System.Globalization;

namespace DiVLA.Control.Policy.Bundle.Checks;

/// <summary>Finds where a graph keeps its weights: every file that it points into must be one that policy.json lists, and long enough.</summary>
/// <remarks>Without this, weights in a file that nobody listed would be served without a digest.</remarks>
internal sealed class ExternalDataCheck
{
    private readonly string _graph;
    private readonly IReadOnlyDictionary<string, FileManifest> _listed;
    private readonly FaultList _faults;
    private readonly HashSet<string> _files = [];

    private ExternalDataCheck(string graph, IReadOnlyDictionary<string, FileManifest> listed, FaultList faults) =>
        (_graph, _listed, _faults) = (graph, listed, faults);

    /// <summary>Checks one graph; gives the files that it points into.</summary>
    public static IReadOnlyCollection<string> Run(
        BundleFolder folder, string graph, IReadOnlyDictionary<string, FileManifest> listed, FaultList faults)
    {
        var check = new ExternalDataCheck(graph, listed, faults);
        try
        {
            check.Model(File.ReadAllBytes(folder.FullPath(graph)));
        }
        catch (Exception error) when (error is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            faults.Add(graph, "graph", error.Message, "an ONNX model");
        }
        return check._files;
    }

    // ModelProto: graph = 7, functions = 25.
    private void Model(ReadOnlySpan<byte> message)
    {
        var reader = new ProtobufReader(message);
        while (reader.Read())
        {
            if (reader.Field == 7) Graph(reader.Payload);
            else if (reader.Field == 25) Function(reader.Payload);
        }
    }

    // GraphProto: node = 1, initializer = 5.
    private void Graph(ReadOnlySpan<byte> message)
    {
        var reader = new ProtobufReader(message);
        while (reader.Read())
        {
            if (reader.Field == 1) Node(reader.Payload);
            else if (reader.Field == 5) Tensor(reader.Payload);
        }
    }

    // FunctionProto: node = 7.
    private void Function(ReadOnlySpan<byte> message)
    {
        var reader = new ProtobufReader(message);
        while (reader.Read())
            if (reader.Field == 7) Node(reader.Payload);
    }

    // NodeProto: attribute = 5; AttributeProto: t = 5, g = 6, tensors = 10, graphs = 11.
    private void Node(ReadOnlySpan<byte> message)
    {
        var node = new ProtobufReader(message);
        while (node.Read())
        {
            if (node.Field != 5) continue;
            var attribute = new ProtobufReader(node.Payload);
            while (attribute.Read())
            {
                if (attribute.Field is 5 or 10) Tensor(attribute.Payload);
                else if (attribute.Field is 6 or 11) Graph(attribute.Payload);
            }
        }
    }

    // TensorProto: name = 8, external_data = 13 (key = 1, value = 2).
    private void Tensor(ReadOnlySpan<byte> message)
    {
        var name = "";
        var entries = new Dictionary<string, string>();
        var tensor = new ProtobufReader(message);
        while (tensor.Read())
        {
            if (tensor.Field == 8) name = tensor.Text;
            if (tensor.Field != 13) continue;
            var (key, value) = Entry(tensor.Payload);
            entries[key] = value;
        }
        if (entries.TryGetValue("location", out var location)) Check(name, location, entries);
    }

    private static (string Key, string Value) Entry(ReadOnlySpan<byte> message)
    {
        var (key, value) = ("", "");
        var entry = new ProtobufReader(message);
        while (entry.Read())
        {
            if (entry.Field == 1) key = entry.Text;
            else if (entry.Field == 2) value = entry.Text;
        }
        return (key, value);
    }

    private void Check(string tensor, string location, Dictionary<string, string> entries)
    {
        var path = BundleFolder.Beside(_graph, location);
        if (!_listed.TryGetValue(path, out var file))
        {
            if (_files.Add(path)) _faults.Add(_graph, "external_data", $"'{location}'", "files that policy.json lists, beside the graph");
            return;
        }
        _files.Add(path);
        var end = Number(entries, "offset") + Number(entries, "length");
        _faults.Require(end <= file.Bytes, _graph, $"external_data of {tensor}", $"bytes up to {end} of {path}", $"within its {file.Bytes} bytes");
    }

    private static decimal Number(Dictionary<string, string> entries, string key) =>
        ulong.TryParse(entries.GetValueOrDefault(key), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
