using DiVLA.Control.ModelBuilder.Onnx.Schema;
using DataType = DiVLA.Control.ModelBuilder.Onnx.Schema.TensorProto.Types.DataType;

namespace DiVLA.Control.ModelBuilder.Costs;

/// <summary>Sizes and element type of a value in a graph.</summary>
internal readonly record struct TensorShape(long[] Sizes, DataType Type)
{
    /// <summary>Number of elements.</summary>
    public long Count => Sizes.Aggregate(1L, (product, size) => product * size);

    /// <summary>Size of all elements.</summary>
    public long Bytes => Count * BytesOf(Type);

    /// <summary>Size of the last side.</summary>
    public long Last => Sizes[^1];

    /// <summary>What a graph declares or stores.</summary>
    public static TensorShape Of(ValueInfoProto value) => new(
        [.. value.Type.TensorType.Shape.Dim.Select(dimension => dimension.DimValue)], (DataType)value.Type.TensorType.ElemType);

    /// <inheritdoc cref="Of(ValueInfoProto)"/>
    public static TensorShape Of(TensorProto tensor) => new([.. tensor.Dims], (DataType)tensor.DataType);

    /// <summary>A size, counted from the end where it is negative.</summary>
    public int Axis(long axis) => (int)(axis < 0 ? axis + Sizes.Length : axis);

    private static int BytesOf(DataType type) => type switch
    {
        DataType.Int64 => 8,
        DataType.Float or DataType.Int32 => 4,
        DataType.Float16 or DataType.Bfloat16 => 2,
        _ => 1,
    };
}
