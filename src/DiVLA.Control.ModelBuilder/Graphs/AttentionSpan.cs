using DiVLA.Control.ModelBuilder.Onnx;

namespace DiVLA.Control.ModelBuilder.Graphs;

/// <summary>Which positions a decoder run covers, in the form that GroupQueryAttention wants.</summary>
/// <param name="Tokens">T, positions computed by this run.</param>
/// <param name="FirstPosition">int64 `[1]`: the first of them.</param>
/// <param name="LastPosition">int32 `[1]`: the last of them.</param>
/// <param name="TotalLength">int32 scalar: most positions attended to, earlier ones included.</param>
/// <param name="Cache">Keys and values of earlier positions a layer; empty where there are none.</param>
internal sealed record AttentionSpan(int Tokens, Value FirstPosition, Value LastPosition, Value TotalLength, IReadOnlyList<KeyValue> Cache)
{
    /// <summary>Positions 0 to T - 1, with nothing before them.</summary>
    public static AttentionSpan Whole(GraphBuilder graph, int tokens) => new(
        tokens,
        graph.Integers(0),
        graph.Constant("/attention/last_position", [tokens - 1], 1),
        graph.Constant("/attention/total_length", [tokens]),
        []);

    public KeyValue Past(int layer) => Cache.Count == 0 ? new KeyValue(Value.None, Value.None) : Cache[layer];
}

/// <summary>Keys and values of one layer.</summary>
internal readonly record struct KeyValue(Value Keys, Value Values);
