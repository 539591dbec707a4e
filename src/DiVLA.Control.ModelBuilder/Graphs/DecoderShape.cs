namespace DiVLA.Control.ModelBuilder.Graphs;

/// <summary>Sizes of a Qwen2 decoder and of its KV cache. One code for all of them, from a million parameters to 72 billion.</summary>
/// <param name="HiddenSize">D.</param>
/// <param name="Layers">Number of layers.</param>
/// <param name="Heads">Heads of queries.</param>
/// <param name="KeyValueHeads">Heads of keys and values; divides <paramref name="Heads"/>.</param>
/// <param name="HeadDim">Numbers a head; a multiple of 8.</param>
/// <param name="IntermediateSize">Width inside the MLP.</param>
/// <param name="VocabSize">V.</param>
/// <param name="RmsNormEps">Epsilon of every norm.</param>
/// <param name="TieWordEmbeddings">True where `lm_head` is `model.embed_tokens`.</param>
/// <param name="CacheLength">N, positions of prompt and phrase.</param>
internal sealed record DecoderShape(
    int HiddenSize,
    int Layers,
    int Heads,
    int KeyValueHeads,
    int HeadDim,
    int IntermediateSize,
    int VocabSize,
    double RmsNormEps,
    bool TieWordEmbeddings,
    int CacheLength)
{
    /// <summary>Width of all queries.</summary>
    public int QueryWidth => Heads * HeadDim;

    /// <summary>Width of all keys, and of all values.</summary>
    public int KeyWidth => KeyValueHeads * HeadDim;

    /// <summary>`[1, kv_heads, N, head_dim]`</summary>
    public long[] CacheShape => [1, KeyValueHeads, CacheLength, HeadDim];

    /// <summary>The name of the table that turns hidden states into logits.</summary>
    public string HeadWeight => TieWordEmbeddings ? EmbeddingWeight : UntiedHeadWeight;

    /// <summary>The name of the table of embeddings `[V, D]`.</summary>
    public const string EmbeddingWeight = "model.embed_tokens.weight";

    /// <summary>The name of a head of its own `[V, D]`.</summary>
    public const string UntiedHeadWeight = "lm_head.weight";

    /// <summary>Sizes of the default architecture's decoder.</summary>
    public static DecoderShape Of(ModelConfig config) => new(
        config.HiddenSize,
        config.NumHiddenLayers,
        config.NumAttentionHeads,
        config.NumKeyValueHeads,
        config.HeadDim,
        config.IntermediateSize,
        config.VocabSize,
        config.RmsNormEps,
        config.TieWordEmbeddings,
        config.CacheLength);
}
