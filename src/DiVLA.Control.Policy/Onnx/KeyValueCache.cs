using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Onnx.Devices;

namespace DiVLA.Control.Policy.Onnx;

/// <summary>Keys and values of every decoder layer, `[1, kv_heads, cache_length, head_dim]` each.</summary>
/// <remarks>On a device all of them lie in one block, which is copied at once and never visits the host.</remarks>
internal sealed class KeyValueCache : IDisposable
{
    // What GPU kernels that load whole cache lines like.
    private const long Alignment = 256;

    private readonly DecoderManifest _shape;
    private readonly DeviceBlock? _block;

    /// <param name="shape">Sizes.</param>
    /// <param name="device">Where graphs run; null for the host.</param>
    public KeyValueCache(DecoderManifest shape, DeviceMemory? device = null)
    {
        _shape = shape;
        if (device is not null) _block = new DeviceBlock(device, 2 * shape.Layers * Stride);
        var tensors = Enumerable.Range(0, 2 * shape.Layers).Select(index => CreateLayer(device, index)).ToArray();
        (Keys, Values) = (tensors[..shape.Layers], tensors[shape.Layers..]);
    }

    public GraphTensor[] Keys { get; }

    public GraphTensor[] Values { get; }

    /// <summary>Copies the first positions of every layer; what lies behind them may be copied as well, and is never read.</summary>
    public void CopyPrefixFrom(KeyValueCache source, int positions)
    {
        if (_block is not null)
        {
            _block.CopyFrom(source._block!);
            return;
        }
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
        _block?.Dispose();
    }

    private long[] LayerShape => [1, _shape.KeyValueHeads, _shape.CacheLength, _shape.HeadDim];

    // From one layer's keys or values to the next one's. Unit: bytes.
    private long Stride
    {
        get
        {
            var bytes = (long)_shape.KeyValueHeads * _shape.CacheLength * _shape.HeadDim * (_shape.CacheDtype == TensorDtype.F32 ? sizeof(float) : sizeof(ushort));
            return (bytes + Alignment - 1) / Alignment * Alignment;
        }
    }

    private GraphTensor CreateLayer(DeviceMemory? device, int index) => device is null
        ? GraphTensor.Create(null, _shape.CacheDtype, LayerShape)
        : GraphTensor.CreateAt(device, (nint)(_block!.Address + index * Stride), _shape.CacheDtype, LayerShape);

    // The first positions of each head lie together.
    private void CopyPrefix(ReadOnlySpan<byte> source, Span<byte> target, int positions)
    {
        var head = source.Length / _shape.KeyValueHeads;
        var prefix = head / _shape.CacheLength * positions;
        for (var start = 0; start < source.Length; start += head)
            source.Slice(start, prefix).CopyTo(target[start..]);
    }
}
