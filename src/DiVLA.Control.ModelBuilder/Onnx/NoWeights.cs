using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Onnx;

/// <summary>For fp32 graphs that hold all they need themselves.</summary>
internal sealed class NoWeights : IWeightStore
{
    /// <inheritdoc/>
    public string Path => "(no weights)";

    /// <inheritdoc/>
    public TensorDtype Dtype => TensorDtype.F32;

    /// <inheritdoc/>
    public TensorEntry? Find(string name, long[] wanted) => null;

    /// <inheritdoc/>
    public bool Accepts(SafetensorsDtype dtype) => false;

    /// <inheritdoc/>
    public StoredTensor Place(string name) => throw new InvalidOperationException($"There is no tensor '{name}'.");

    /// <inheritdoc/>
    public float[] Floats(string name) => throw new InvalidOperationException($"There is no tensor '{name}'.");
}
