using DiVLA.Control.ModelBuilder.Onnx.Schema;
using Type = DiVLA.Control.ModelBuilder.Onnx.Schema.AttributeProto.Types.AttributeType;

namespace DiVLA.Control.ModelBuilder.Onnx;

/// <summary>Attributes of nodes.</summary>
internal static class Attributes
{
    public static AttributeProto Attribute(string name, long value) => new() { Name = name, Type = Type.Int, I = value };

    public static AttributeProto Attribute(string name, float value) => new() { Name = name, Type = Type.Float, F = value };

    public static AttributeProto Attribute(string name, params long[] values)
    {
        var attribute = new AttributeProto { Name = name, Type = Type.Ints };
        attribute.Ints.Add(values);
        return attribute;
    }
}
