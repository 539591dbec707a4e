using System.Runtime.InteropServices;
using DiVLA.Control.ModelBuilder.Safetensors;
using static TorchSharp.torch;

namespace DiVLA.Control.Training.Checkpoints;

/// <summary>Named fp32 weights to and from safetensors files.</summary>
internal static class ModuleWeights
{
    /// <summary>Writes all weights; the file appears whole or not at all.</summary>
    public static void Save(string path, IEnumerable<(string Name, Tensor Weight)> weights) =>
        SafetensorsWriter.Write(path, weights.Select(w => TensorData.FromFloats(w.Name, w.Weight.shape, Values(w.Weight))));

    /// <summary>Reads every weight's values from the file's tensor of the same name.</summary>
    /// <exception cref="InvalidDataException">A name is missing or a shape differs.</exception>
    public static void Load(string path, IEnumerable<(string Name, Tensor Weight)> weights)
    {
        using var file = SafetensorsFile.Open(path);
        using var _ = no_grad();
        foreach (var (name, weight) in weights)
        {
            var shape = file.Entry(name).Shape;
            if (!shape.SequenceEqual(weight.shape))
                throw new InvalidDataException($"{path}: {name} has shape [{string.Join(", ", shape)}], expected [{string.Join(", ", weight.shape)}].");
            using var loaded = tensor(file.Floats(name), shape);
            weight.copy_(loaded);
        }
    }

    private static float[] Values(Tensor weight)
    {
        using var plain = weight.detach().contiguous();
        return MemoryMarshal.Cast<byte, float>(plain.bytes).ToArray();
    }
}
