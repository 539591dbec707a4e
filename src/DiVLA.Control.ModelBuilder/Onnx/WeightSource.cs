using DiVLA.Control.ModelBuilder.Safetensors;

namespace DiVLA.Control.ModelBuilder.Onnx;

/// <summary>The weights that a graph refers to: one safetensors file, which lies beside the graph in the bundle.</summary>
/// <remarks>Collects what is missing or has the wrong shape, so that a build names all of it at once.</remarks>
internal sealed class WeightSource(SafetensorsFile file)
{
    private readonly List<string> _faults = [];

    /// <summary>Name of the file, as the graph's external-data references spell it.</summary>
    public string FileName { get; } = Path.GetFileName(file.Path);

    /// <summary>Where a tensor lies; null (and a fault) where it is missing or is not fp32 of this shape.</summary>
    public TensorEntry? Find(string name, long[] shape)
    {
        if (!file.Tensors.TryGetValue(name, out var entry)) return Fault($"{file.Path}: tensor '{name}': is missing, {Text(shape)} is needed.");
        if (entry.Dtype != SafetensorsDtype.F32) return Fault($"{file.Path}: tensor '{name}': dtype: is {entry.Dtype}, F32 is needed.");
        if (!entry.Shape.AsSpan().SequenceEqual(shape))
            return Fault($"{file.Path}: tensor '{name}': shape: is {Text(entry.Shape)}, {Text(shape)} is needed.");
        return entry;
    }

    /// <summary>Values of a tensor, for what is folded at build time.</summary>
    /// <exception cref="ModelBuildException">The tensor is missing or has another shape.</exception>
    public float[] Values(string name, params long[] shape)
    {
        if (Find(name, shape) is null) ThrowOnFaults();
        return file.Floats(name);
    }

    /// <summary>Ends a build in which a weight was not as needed.</summary>
    /// <exception cref="ModelBuildException">There are faults; the exception lists them all.</exception>
    public void ThrowOnFaults()
    {
        if (_faults.Count > 0) throw new ModelBuildException([.. _faults]);
    }

    private TensorEntry? Fault(string text)
    {
        if (!_faults.Contains(text)) _faults.Add(text);
        return null;
    }

    private static string Text(long[] shape) => $"[{string.Join(", ", shape)}]";
}
