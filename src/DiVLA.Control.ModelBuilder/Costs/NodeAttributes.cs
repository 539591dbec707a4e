using DiVLA.Control.ModelBuilder.Onnx.Schema;

namespace DiVLA.Control.ModelBuilder.Costs;

/// <summary>Attributes of nodes as numbers.</summary>
internal static class NodeAttributes
{
    public static long Integer(this NodeProto node, string name, long otherwise = 0) => node.Find(name)?.I ?? otherwise;

    public static long[] Integers(this NodeProto node, string name) => node.Find(name) is { } attribute ? [.. attribute.Ints] : [];

    private static AttributeProto? Find(this NodeProto node, string name) => node.Attribute.FirstOrDefault(attribute => attribute.Name == name);
}
