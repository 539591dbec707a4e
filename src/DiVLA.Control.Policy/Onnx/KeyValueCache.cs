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

    public GraphTensor<float>[] Keys { get; }

    public GraphTensor<float>[] Values { get; }

    /// <summary>Copies the first positions of every layer; what lies behind them is left as it is and never read.</summary>
    public void CopyPrefixFrom(KeyValueCache source, int positions)
    {
        for (var layer = 0; layer < _shape.Layers; layer++)
        {
            CopyPrefix(source.Keys[layer].Span, Keys[layer].Span, positions);
            CopyPrefix(source.Values[layer].Span, Values[layer].Span, positions);
        }
    }

    /// <summary>Names and tensors to bind: `{prefix}keys.0` ... `{prefix}values.{n}`.</summary>
    public IEnumerable<(string Name, GraphTensor Tensor)> Named(string prefix) =>
        Keys.Select((tensor, layer) => ($"{prefix}keys.{layer}", (GraphTensor)tensor))
            .Concat(Values.Select((tensor, layer) => ($"{prefix}values.{layer}", (GraphTensor)tensor)));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Keys) tensor.Dispose();
        foreach (var tensor in Values) tensor.Dispose();
    }

    private void CopyPrefix(ReadOnlySpan<float> source, Span<float> target, int positions)
    {
        var head = _shape.CacheLength * _shape.HeadDim;
        for (var start = 0; start < source.Length; start += head)
            source.Slice(start, positions * _shape.HeadDim).CopyTo(target[start..]);
    }

    private static GraphTensor<float>[] CreateLayers(DecoderManifest shape) =>
        [.. Enumerable.Range(0, shape.Layers).Select(_ => new GraphTensor<float>(1, shape.KeyValueHeads, shape.CacheLength, shape.HeadDim))];
}
