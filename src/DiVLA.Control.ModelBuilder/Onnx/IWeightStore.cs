using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Onnx;

/// <summary>Where the weights of a bundle's graphs come from, and where they lie in the bundle.</summary>
internal interface IWeightStore
{
    /// <summary>What faults name: a file or a folder.</summary>
    string Path { get; }

    /// <summary>Element type that the graphs read and compute in.</summary>
    TensorDtype Dtype { get; }

    /// <summary>What there is under a name; null where there is nothing.</summary>
    /// <param name="name">Name of the tensor.</param>
    /// <param name="wanted">Shape that a graph needs, for stores that make what is asked for.</param>
    TensorEntry? Find(string name, long[] wanted);

    /// <summary>What faults of a tensor name: its file where it is known, and else <see cref="Path"/>.</summary>
    string PathOf(string name) => Path;

    /// <summary>True where a tensor is missing because its file cannot be read, which is a fault of its own.</summary>
    bool IsLost(string name) => false;

    /// <summary>True where tensors of this type can be brought to <see cref="Dtype"/>.</summary>
    bool Accepts(SafetensorsDtype dtype);

    /// <summary>Where the bundle has a tensor, as <see cref="Dtype"/>.</summary>
    StoredTensor Place(string name);

    /// <summary>Values of a tensor, for what is folded at build time.</summary>
    float[] Floats(string name);
}

/// <summary>Bytes of a tensor in a bundle, as an ONNX graph refers to them.</summary>
/// <param name="FileName">Name of the file, which lies beside the graph.</param>
/// <param name="Offset">First byte, counted from the start of the file. Unit: bytes.</param>
/// <param name="Length">Unit: bytes.</param>
internal readonly record struct StoredTensor(string FileName, long Offset, long Length);
