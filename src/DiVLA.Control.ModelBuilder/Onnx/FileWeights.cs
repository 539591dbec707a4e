using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Onnx;

/// <summary>The weights of one fp32 file, which the bundle has under its own name.</summary>
internal sealed class FileWeights(SafetensorsFile file) : IWeightStore
{
    private readonly string _name = System.IO.Path.GetFileName(file.Path);

    /// <inheritdoc/>
    public string Path => file.Path;

    /// <inheritdoc/>
    public TensorDtype Dtype => TensorDtype.F32;

    /// <inheritdoc/>
    public TensorEntry? Find(string name, long[] wanted) => file.Tensors.GetValueOrDefault(name);

    /// <inheritdoc/>
    public bool Accepts(SafetensorsDtype dtype) => dtype == SafetensorsDtype.F32;

    /// <inheritdoc/>
    public StoredTensor Place(string name)
    {
        var entry = file.Entry(name);
        return new StoredTensor(_name, entry.FileOffset, entry.Length);
    }

    /// <inheritdoc/>
    public float[] Floats(string name) => file.Floats(name);
}
