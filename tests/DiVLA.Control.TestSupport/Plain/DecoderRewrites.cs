namespace DiVLA.Control.TestSupport.Plain;

/// <summary>Which rewrites a plain decoder has already; all of them make it the real one.</summary>
[Flags]
internal enum DecoderRewrites
{
    None = 0,

    /// <summary>One product for queries, keys and values instead of three.</summary>
    PackedProjection = 1,

    /// <summary>One node from queries, keys and values to attended values: no repeated heads, no mask, no matrix of weights.</summary>
    FusedAttention = 2,

    /// <summary>Each place's multimodal rotation is a row of a table, which the fused attention reads; no MRotaryEmbedding.</summary>
    TableRotation = 4,

    /// <summary>The addition to the residual stream and the norm behind it are one node.</summary>
    FusedNorms = 8,

    /// <summary>`x * sigmoid(x)` is one node.</summary>
    FusedGate = 16,

    All = PackedProjection | FusedAttention | TableRotation | FusedNorms | FusedGate,
}
