using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Onnx;

/// <summary>The weights that a graph refers to: safetensors files, which lie beside the graph in the bundle.</summary>
/// <remarks>Collects what is missing or has the wrong shape, so that a build names all of it at once.</remarks>
internal sealed class WeightSource(IWeightStore store)
{
    private const int MostZeros = 1 << 26;

    private readonly List<string> _faults = [];
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    /// <summary>Takes one fp32 file.</summary>
    public WeightSource(SafetensorsFile file)
        : this(new FileWeights(file))
    {
    }

    /// <summary>Element type that the graphs read and compute in.</summary>
    public TensorDtype Dtype => store.Dtype;

    /// <summary>Names of the tensors that were asked for.</summary>
    public IReadOnlySet<string> Used => _used;

    /// <summary>What is wrong so far.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Where a tensor lies in the bundle; null (and a fault) where it is missing or is not of this shape and a usable type.</summary>
    public StoredTensor? Find(string name, long[] shape) => IsAsNeeded(name, shape) ? store.Place(name) : null;

    /// <summary>Values of a tensor, for what is folded at build time; zeros (and a fault) where it is not as needed, so that all faults come together.</summary>
    /// <exception cref="ModelBuildException">It is not as needed, and too large to go on without.</exception>
    public float[] Values(string name, params long[] shape)
    {
        if (IsAsNeeded(name, shape)) return store.Floats(name);
        var count = shape.Aggregate((Int128)1, (product, size) => product * size);
        if (count > MostZeros) ThrowOnFaults();
        return new float[(long)count];
    }

    /// <summary>Notes what is wrong with something that was made of the weights.</summary>
    public void AddFault(string problem) => Fault($"{store.Path}: {problem}");

    /// <summary>Ends a build in which a weight was not as needed.</summary>
    /// <exception cref="ModelBuildException">There are faults; the exception lists them all.</exception>
    public void ThrowOnFaults()
    {
        if (_faults.Count > 0) throw new ModelBuildException([.. _faults]);
    }

    private bool IsAsNeeded(string name, long[] shape)
    {
        _used.Add(name);
        var entry = store.Find(name, shape);
        var tensor = $"{store.PathOf(name)}: tensor '{name}'";
        if (entry is null && store.IsLost(name)) return false;
        if (entry is null) return Fault($"{tensor}: is missing, {Text(shape)} is needed.");
        if (!store.Accepts(entry.Dtype)) return Fault($"{tensor}: dtype: is {entry.Dtype}, {store.Dtype} is needed.");
        if (!entry.Shape.AsSpan().SequenceEqual(shape)) return Fault($"{tensor}: shape: is {Text(entry.Shape)}, {Text(shape)} is needed.");
        return true;
    }

    private bool Fault(string text)
    {
        if (!_faults.Contains(text)) _faults.Add(text);
        return false;
    }

    private static string Text(long[] shape) => $"[{string.Join(", ", shape)}]";
}
