using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Checkpoints.Published;

/// <summary>The weights of a published checkpoint, all shards. What has the type and alignment that the graphs want stays where it is.</summary>
/// <remarks>
/// The rest is converted: it gets a place in a file of its own in the order in which the graphs ask for it, so that what a graph packs together
/// lies together, and is streamed there at the end.
/// </remarks>
internal sealed class PublishedWeights : IWeightStore, IDisposable
{
    /// <summary>Name of the file with converted weights.</summary>
    public const string ConvertedFileName = "converted.safetensors";

    private readonly IReadOnlyList<SafetensorsFile> _shards;
    private readonly Dictionary<string, SafetensorsFile> _shardOf = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoredTensor> _places = new(StringComparer.Ordinal);
    private readonly HashSet<SafetensorsFile> _kept = [];
    private readonly DeferredSafetensors _converted;

    private PublishedWeights(string directory, IReadOnlyList<SafetensorsFile> shards, TensorDtype dtype)
    {
        (Path, _shards, Dtype) = (directory, shards, dtype);
        foreach (var shard in shards)
            foreach (var tensor in shard.Tensors.Keys) _shardOf[tensor] = shard;
        _converted = new DeferredSafetensors(TypeOf(dtype), _shardOf.Keys);
    }

    /// <inheritdoc/>
    public string Path { get; }

    /// <inheritdoc/>
    public TensorDtype Dtype { get; }

    /// <summary>Names of all tensors.</summary>
    public IReadOnlyCollection<string> Names => _shardOf.Keys;

    /// <summary>Shards that graphs refer to as they are.</summary>
    public IEnumerable<SafetensorsFile> Kept => _kept;

    /// <summary>What is converted.</summary>
    public DeferredSafetensors Converted => _converted;

    /// <summary>Opens all shards of a checkpoint's folder.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="dtype">Element type of the graphs: F32, F16 or BF16.</param>
    /// <param name="faults">Takes what is missing, damaged or contradictory.</param>
    public static PublishedWeights Open(string directory, TensorDtype dtype, ICollection<string> faults) =>
        new(directory, ShardIndex.Open(directory, faults), dtype);

    /// <inheritdoc/>
    public TensorEntry? Find(string name, long[] wanted) => _shardOf.TryGetValue(name, out var shard) ? shard.Entry(name) : null;

    /// <inheritdoc/>
    public bool Accepts(SafetensorsDtype dtype) => FloatWidening.Accepts(dtype);

    /// <inheritdoc/>
    public StoredTensor Place(string name)
    {
        if (_places.TryGetValue(name, out var known)) return known;
        var shard = _shardOf[name];
        return _places[name] = CanStay(shard.Entry(name)) ? Keep(shard, name) : Convert(shard, name);
    }

    /// <inheritdoc/>
    public float[] Floats(string name) => _shardOf[name].Floats(name);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var shard in _shards) shard.Dispose();
    }

    private bool CanStay(TensorEntry entry) => entry.Dtype == TypeOf(Dtype) && entry.FileOffset % entry.Dtype.Size() == 0;

    private StoredTensor Keep(SafetensorsFile shard, string name)
    {
        _kept.Add(shard);
        var entry = shard.Entry(name);
        return new StoredTensor(System.IO.Path.GetFileName(shard.Path), entry.FileOffset, entry.Length);
    }

    private StoredTensor Convert(SafetensorsFile shard, string name)
    {
        var source = shard.Entry(name);
        var entry = _converted.Add(name, source.Shape, target => TensorStream.Copy(shard.Path, source, Dtype, target));
        return new StoredTensor(ConvertedFileName, entry.FileOffset, entry.Length);
    }

    private static SafetensorsDtype TypeOf(TensorDtype dtype) => dtype switch
    {
        TensorDtype.F32 => SafetensorsDtype.F32,
        TensorDtype.F16 => SafetensorsDtype.F16,
        TensorDtype.BF16 => SafetensorsDtype.BF16,
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, null),
    };
}
