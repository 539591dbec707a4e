namespace DiVLA.Control.Policy.Bundle.Checks;

/// <summary>Inputs and outputs as an ONNX file declares them, read without a session.</summary>
internal static class GraphFileSignature
{
    // ModelProto: graph = 7; GraphProto: input = 11, output = 12.
    public static (IReadOnlyList<FileTensor> Inputs, IReadOnlyList<FileTensor> Outputs) Read(ReadOnlySpan<byte> model)
    {
        var (inputs, outputs) = (new List<FileTensor>(), new List<FileTensor>());
        var graph = new ProtobufReader(Field(model, 7));
        while (graph.Read())
        {
            if (graph.Field == 11) inputs.Add(Tensor(graph.Payload));
            else if (graph.Field == 12) outputs.Add(Tensor(graph.Payload));
        }
        return (inputs, outputs);
    }

    // ValueInfoProto: name = 1, type = 2; TypeProto: tensor_type = 1; Tensor: elem_type = 1, shape = 2; shape: dim = 1; dim: dim_value = 1.
    private static FileTensor Tensor(ReadOnlySpan<byte> message)
    {
        var (name, elementType, shape) = ("", 0L, new List<long>());
        var info = new ProtobufReader(message);
        while (info.Read())
            if (info.Field == 1) name = info.Text;
        var type = new ProtobufReader(Field(Field(message, 2), 1));
        while (type.Read())
        {
            if (type.Field == 1) elementType = (long)type.Number;
            else if (type.Field == 2) Sides(type.Payload, shape);
        }
        return new FileTensor(name, (int)elementType, [.. shape]);
    }

    private static void Sides(ReadOnlySpan<byte> message, List<long> sides)
    {
        var shape = new ProtobufReader(message);
        while (shape.Read())
        {
            if (shape.Field != 1) continue;
            var side = new ProtobufReader(shape.Payload);
            while (side.Read())
                if (side.Field == 1) sides.Add((long)side.Number);
        }
    }

    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> message, int field)
    {
        var reader = new ProtobufReader(message);
        while (reader.Read())
            if (reader.Field == field) return reader.Payload;
        return default;
    }
}

/// <summary>A tensor as an ONNX file declares it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ElementType">ONNX's number of the type.</param>
/// <param name="Shape">Its sides, outermost first.</param>
internal readonly record struct FileTensor(string Name, int ElementType, long[] Shape);
