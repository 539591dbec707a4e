using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.Policy.Onnx;

/// <summary>Keys and values of every decoder layer, `[1, kv_heads, cache_length, head_dim]` each.</summary>
internal sealed class KeyValueCache : IDisposable
{
    private readonly DecoderManifest _shape;

    public KeyValueCache(DecoderManifest shape)
    {
        _shape = shape;
        Keys = CreateLayers(shape);
        Values = CreateLayers(shape);
    }

    public GraphTensor[] Keys { get; }

    public GraphTensor[] Values { get; }

    /// <summary>Copies the first positions of every layer; what lies behind them is left as it is and never read.</summary>
    public void CopyPrefixFrom(KeyValueCache source, int positions)
    {
        for (var layer = 0; layer < _shape.Layers; layer++)
        {
            CopyPrefix(source.Keys[layer].Bytes, Keys[layer].Bytes, positions);
            CopyPrefix(source.Values[layer].Bytes, Values[layer].Bytes, positions);
        }
    }

    /// <summary>Names and tensors to bind: `{prefix}keys.0` ... `{prefix}values.{n}`.</summary>
    public IEnumerable<(string Name, GraphTensor Tensor)> Named(string prefix) =>
        Keys.Select((tensor, layer) => ($"{prefix}keys.{layer}", tensor))
            .Concat(Values.Select((tensor, layer) => ($"{prefix}values.{layer}", tensor)));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Keys) tensor.Dispose();
        foreach (var tensor in Values) tensor.Dispose();
    }

    // The first positions of each head lie together.
    private void CopyPrefix(ReadOnlySpan<byte> source, Span<byte> target, int positions)
    {
        var head = source.Length / _shape.KeyValueHeads;
        var prefix = head / _shape.CacheLength * positions;
        for (var start = 0; start < source.Length; start += head)
            source.Slice(start, prefix).CopyTo(target[start..]);
    }

    private static GraphTensor[] CreateLayers(DecoderManifest shape) =>
    [
        .. Enumerable.Range(0, shape.Layers)
            .Select(_ => GraphTensor.Create(shape.CacheDtype, 1, shape.KeyValueHeads, shape.CacheLength, shape.HeadDim)),
    ];
}
