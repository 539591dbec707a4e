using System.Globalization;
using System.Runtime.InteropServices;
using DiVLA.Control.ModelBuilder.Onnx.Schema;
using DiVLA.Control.Policy.Bundle;
using Google.Protobuf;
using Google.Protobuf.Collections;

namespace DiVLA.Control.ModelBuilder.Onnx;

/// <summary>Puts a graph together node by node. Every node is named by its path, `/layers.0/attn/o_proj/Gemm`, so that profiles and errors can be read.</summary>
internal sealed class GraphBuilder
{
    /// <summary>Operators of this release of ai.onnx; it has LayerNormalization (17) and is long supported everywhere.</summary>
    public const int OpsetVersion = 21;

    // Convolutions have bf16 only from here on.
    private const int BrainOpsetVersion = 22;

    /// <summary>The domain of ONNX Runtime's own operators.</summary>
    public const string ContribDomain = "com.microsoft";

    private const int IrVersion = 10;

    private readonly GraphProto _graph = new();
    private readonly WeightSource _weights;
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Value> _initializers = new(StringComparer.Ordinal);
    private readonly List<TensorManifest> _inputs = [];
    private readonly List<TensorManifest> _outputs = [];

    public GraphBuilder(string name, WeightSource weights)
    {
        _graph.Name = name;
        _weights = weights;
    }

    /// <summary>The graph's inputs so far.</summary>
    public IReadOnlyList<TensorManifest> Inputs => _inputs;

    /// <summary>The graph's outputs so far.</summary>
    public IReadOnlyList<TensorManifest> Outputs => _outputs;

    /// <summary>The weights that the graph refers to.</summary>
    public WeightSource Weights => _weights;

    /// <summary>Element type of the weights, and of everything that is computed from them.</summary>
    public TensorDtype Dtype => _weights.Dtype;

    /// <summary>Declares an input of the graph.</summary>
    public Value Input(string name, TensorDtype dtype, params long[] shape)
    {
        _inputs.Add(new TensorManifest(name, dtype, shape));
        _graph.Input.Add(ValueInfo(name, dtype, shape));
        return Declare(name);
    }

    /// <summary>Declares a node's output as an output of the graph, and gives it that name.</summary>
    public void Output(Value value, string name, TensorDtype dtype, params long[] shape)
    {
        Rename(value, Declare(name));
        _outputs.Add(new TensorManifest(name, dtype, shape));
        _graph.Output.Add(ValueInfo(name, dtype, shape));
    }

    /// <summary>A tensor of the weight files, by reference: the graph stores where it lies, not what it holds.</summary>
    public Value Weight(string name, params long[] shape) =>
        _initializers.TryGetValue(name, out var known) ? known : AddReference(name, shape, _weights.Find(name, shape));

    /// <summary>Tensors of the weight files, one behind the other along their first side.</summary>
    /// <remarks>
    /// Where they lie behind one another in their file, that is one tensor, by reference. Elsewhere it is a concatenation of constants: ONNX Runtime
    /// folds it when it loads the graph, so that the weights stay where they are, once.
    /// </remarks>
    public Value PackedWeight(string path, params (string Name, long[] Shape)[] parts)
    {
        var stored = Array.ConvertAll(parts, part => _weights.Find(part.Name, part.Shape));
        if (!Array.TrueForAll(stored, part => part is not null) || !AreAdjacent(stored))
            return this.Concat(path, 0, Array.ConvertAll(parts, part => Weight(part.Name, part.Shape)));
        long[] shape = [parts.Sum(part => part.Shape[0]), .. parts[0].Shape.Skip(1)];
        return AddReference(path, shape, stored[0]!.Value with { Length = stored.Sum(part => part!.Value.Length) });
    }

    /// <summary>A constant that the weight files do not have: small, or derived at build time. Floats are stored as <see cref="Dtype"/>.</summary>
    public Value Constant(string name, ReadOnlySpan<float> values, params long[] shape)
    {
        if (!FloatBytes.Fits(Dtype, values)) _weights.AddFault($"constant '{name}' of {_graph.Name}.onnx: has numbers beyond {FloatBytes.LargestHalf}, the largest of fp16.");
        return Constant(name, ElementTypes.ToOnnx(Dtype), FloatBytes.Of(Dtype, values), shape);
    }

    /// <inheritdoc cref="Constant(string, ReadOnlySpan{float}, long[])"/>
    public Value Constant(string name, ReadOnlySpan<long> values, params long[] shape) =>
        Constant(name, TensorProto.Types.DataType.Int64, MemoryMarshal.AsBytes(values), shape);

    /// <inheritdoc cref="Constant(string, ReadOnlySpan{float}, long[])"/>
    public Value Constant(string name, ReadOnlySpan<int> values, params long[] shape) =>
        Constant(name, TensorProto.Types.DataType.Int32, MemoryMarshal.AsBytes(values), shape);

    /// <summary>A scalar, stored once however often it is used.</summary>
    public Value Scalar(float value) => Constant($"/constants/{value.ToString("R", CultureInfo.InvariantCulture)}", [value]);

    /// <summary>An fp32 scalar, whatever the graph computes in.</summary>
    public Value SingleScalar(float value) => Dtype == TensorDtype.F32
        ? Scalar(value)
        : Constant($"/constants/single.{value.ToString("R", CultureInfo.InvariantCulture)}", TensorProto.Types.DataType.Float, MemoryMarshal.AsBytes([value]), []);

    /// <summary>A list of whole numbers such as a shape, stored once however often it is used.</summary>
    public Value Integers(params long[] values) => Constant($"/constants/[{string.Join(",", values)}]", values, values.Length);

    /// <summary>A node with one output.</summary>
    public Value Node(string path, string op, ReadOnlySpan<Value> inputs, params ReadOnlySpan<AttributeProto> attributes) =>
        AddNode(path, op, "", inputs, ["output"], attributes)[0];

    /// <summary>A node with several outputs, named by what they are; the empty name leaves an optional output out.</summary>
    public Value[] Node(string path, string op, ReadOnlySpan<Value> inputs, string[] outputs, params ReadOnlySpan<AttributeProto> attributes) =>
        AddNode(path, op, "", inputs, outputs, attributes);

    /// <summary>A node of ONNX Runtime's own operator set.</summary>
    public Value[] ContribNode(string path, string op, ReadOnlySpan<Value> inputs, string[] outputs, params ReadOnlySpan<AttributeProto> attributes) =>
        AddNode(path, op, ContribDomain, inputs, outputs, attributes);

    /// <summary>The finished file. It is worth something only where <see cref="WeightSource.ThrowOnFaults"/> finds none.</summary>
    public byte[] ToBytes()
    {
        var model = new ModelProto { IrVersion = IrVersion, ProducerName = "divla", Graph = _graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = Dtype == TensorDtype.BF16 ? BrainOpsetVersion : OpsetVersion });
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = ContribDomain, Version = 1 });
        return model.ToByteArray();
    }

    private Value[] AddNode(
        string path, string op, string domain, ReadOnlySpan<Value> inputs, string[] outputs, ReadOnlySpan<AttributeProto> attributes)
    {
        var name = $"{path}/{op}";
        var node = new NodeProto { Name = name, OpType = op, Domain = domain };
        foreach (var input in inputs) node.Input.Add(input.Name);
        foreach (var attribute in attributes) node.Attribute.Add(attribute);
        var values = Array.ConvertAll(outputs, output => output.Length == 0 ? Value.None : Declare($"{name}/{output}"));
        foreach (var value in values) node.Output.Add(value.Name);
        _graph.Node.Add(node);
        return values;
    }

    private Value Constant(string name, TensorProto.Types.DataType type, ReadOnlySpan<byte> bytes, long[] shape)
    {
        if (_initializers.TryGetValue(name, out var known)) return known;
        var tensor = new TensorProto { Name = name, DataType = (int)type, RawData = ByteString.CopyFrom(bytes) };
        tensor.Dims.Add(shape);
        return AddInitializer(tensor);
    }

    private Value AddReference(string name, long[] shape, StoredTensor? stored)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)ElementTypes.ToOnnx(Dtype) };
        tensor.Dims.Add(shape);
        if (stored is { } place)
        {
            tensor.DataLocation = TensorProto.Types.DataLocation.External;
            tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = place.FileName });
            tensor.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = Text(place.Offset) });
            tensor.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = Text(place.Length) });
        }
        return AddInitializer(tensor);
    }

    private static bool AreAdjacent(StoredTensor?[] parts)
    {
        for (var i = 1; i < parts.Length; i++)
        {
            var (before, part) = (parts[i - 1]!.Value, parts[i]!.Value);
            if (part.FileName != before.FileName || part.Offset != before.Offset + before.Length) return false;
        }
        return true;
    }

    private Value AddInitializer(TensorProto tensor)
    {
        _graph.Initializer.Add(tensor);
        return _initializers[tensor.Name] = Declare(tensor.Name);
    }

    private Value Declare(string name) =>
        _names.Add(name) ? new Value(name) : throw new InvalidOperationException($"The graph has two values named '{name}'.");

    private void Rename(Value from, Value to)
    {
        foreach (var node in _graph.Node)
        {
            Replace(node.Input, from.Name, to.Name);
            Replace(node.Output, from.Name, to.Name);
        }
    }

    private static void Replace(RepeatedField<string> names, string from, string to)
    {
        for (var i = 0; i < names.Count; i++)
            if (names[i] == from) names[i] = to;
    }

    private static ValueInfoProto ValueInfo(string name, TensorDtype dtype, long[] shape)
    {
        var dimensions = new TensorShapeProto();
        foreach (var size in shape) dimensions.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = size });
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)ElementTypes.ToOnnx(dtype), Shape = dimensions };
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } };
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
