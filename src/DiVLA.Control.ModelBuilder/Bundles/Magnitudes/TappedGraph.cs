using DiVLA.Control.ModelBuilder.Onnx.Schema;
using DiVLA.Control.Policy.Bundle;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using static DiVLA.Control.ModelBuilder.Onnx.Attributes;
using Type = DiVLA.Control.ModelBuilder.Onnx.Schema.TensorProto.Types.DataType;

namespace DiVLA.Control.ModelBuilder.Bundles.Magnitudes;

/// <summary>An fp16 graph with one more output: the largest magnitude of everything that each of its nodes computes.</summary>
/// <remarks>
/// <code>
///  every fp16 value ─► cast to fp32 ─► abs ─► largest ─► [1] ─┬─► concat ─► magnitudes [n]
/// </code>
/// The copy exists in memory only and points into the bundle's weights. Nothing is fused, so that every value is there to be seen.
/// </remarks>
internal sealed class TappedGraph : IDisposable
{
    private const string Magnitudes = "/probe/magnitudes";

    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();
    private readonly string[] _nodes;
    private readonly float[] _largest;

    public TappedGraph(string directory, GraphManifest graph)
    {
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(directory, graph.File)));
        (GraphFile, _nodes) = (graph.File, Tap(model.Graph));
        _largest = new float[_nodes.Length];
        using var options = new SessionOptions { GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL };
        options.AddSessionConfigEntry("session.disable_prepacking", "1");
        options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", directory);
        _session = new InferenceSession(model.ToByteArray(), options);
    }

    /// <summary>Path of the graph in the bundle.</summary>
    public string GraphFile { get; }

    /// <summary>Runs the graph and takes note of the magnitudes.</summary>
    /// <returns>Its outputs by name; disposed by the caller.</returns>
    public OutputValues Run(IReadOnlyDictionary<string, OrtValue> inputs)
    {
        string[] names = [.. _session.OutputNames];
        var values = new OutputValues(names, _session.Run(_options, inputs.Keys.ToArray(), inputs.Values.ToArray(), names));
        var magnitudes = values[Magnitudes].GetTensorDataAsSpan<float>();
        for (var node = 0; node < _largest.Length; node++)
            if (!(magnitudes[node] <= _largest[node])) _largest[node] = float.IsNaN(magnitudes[node]) ? float.PositiveInfinity : magnitudes[node];
        return values;
    }

    /// <summary>The largest magnitude of each group of nodes over all runs, and the first node that had it.</summary>
    public IEnumerable<StageMagnitude> Largest(Func<string, string> stageOf) =>
        from node in Enumerable.Range(0, _nodes.Length)
        group node by stageOf(_nodes[node]) into stage
        let worst = stage.MaxBy(node => _largest[node])
        select new StageMagnitude(stage.Key, GraphFile, _largest[worst], _nodes[worst]);

    /// <inheritdoc/>
    public void Dispose()
    {
        _options.Dispose();
        _session.Dispose();
    }

    private static string[] Tap(GraphProto graph)
    {
        var types = ElementTypeRules.Of(graph);
        var taps = (from node in graph.Node from output in node.Output where output.Length > 0 && types[output] == Type.Float16 select (Node: node.Name, Value: output)).ToArray();
        var shape = new TensorProto { Name = "/probe/one", DataType = (int)Type.Int64, RawData = ByteString.CopyFrom(BitConverter.GetBytes(1L)) };
        shape.Dims.Add(1);
        graph.Initializer.Add(shape);
        var largest = taps.Select((tap, index) => AddTap(graph, tap.Value, $"/probe/{index}", shape.Name)).ToArray();
        Add(graph, "/probe/Concat", "Concat", largest, Magnitudes, Attribute("axis", 0L));
        var type = new TypeProto.Types.Tensor { ElemType = (int)Type.Float };
        graph.Output.Add(new ValueInfoProto { Name = Magnitudes, Type = new TypeProto { TensorType = type } });
        return Array.ConvertAll(taps, tap => tap.Node);
    }

    private static string AddTap(GraphProto graph, string value, string path, string shape)
    {
        Add(graph, $"{path}/Cast", "Cast", [value], $"{path}/single", Attribute("to", (long)Type.Float));
        Add(graph, $"{path}/Abs", "Abs", [$"{path}/single"], $"{path}/abs");
        Add(graph, $"{path}/ReduceMax", "ReduceMax", [$"{path}/abs"], $"{path}/scalar", Attribute("keepdims", 0L));
        Add(graph, $"{path}/Reshape", "Reshape", [$"{path}/scalar", shape], $"{path}/row");
        return $"{path}/row";
    }

    private static void Add(GraphProto graph, string name, string op, string[] inputs, string output, params AttributeProto[] attributes)
    {
        var node = new NodeProto { Name = name, OpType = op };
        node.Input.Add(inputs);
        node.Output.Add(output);
        node.Attribute.Add(attributes);
        graph.Node.Add(node);
    }
}

/// <summary>Outputs of a run by name.</summary>
internal sealed class OutputValues(string[] names, IDisposableReadOnlyCollection<OrtValue> values) : IDisposable
{
    /// <summary>An output.</summary>
    public OrtValue this[string name] => values[Array.IndexOf(names, name)];

    /// <inheritdoc/>
    public void Dispose() => values.Dispose();
}
