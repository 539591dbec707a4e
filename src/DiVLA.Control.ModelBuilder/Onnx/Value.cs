namespace DiVLA.Control.ModelBuilder.Onnx;

/// <summary>Something that flows along an edge of a graph: an input, an initializer, or an output of a node.</summary>
/// <param name="Name">Unique within the graph; empty for an optional input that is left out.</param>
internal readonly record struct Value(string Name)
{
    /// <summary>An optional input that is left out.</summary>
    public static Value None { get; } = new("");
}
