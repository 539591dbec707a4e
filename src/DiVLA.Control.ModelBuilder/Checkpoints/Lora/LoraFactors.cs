using DiVLA.Control.ModelBuilder.Safetensors;

namespace DiVLA.Control.ModelBuilder.Checkpoints.Lora;

/// <summary>The two factors of one weight's update, where they lie.</summary>
/// <param name="File">The adapter's file.</param>
/// <param name="A">Name of A, `[rank, in]`.</param>
/// <param name="B">Name of B, `[out, rank]`.</param>
/// <param name="Rank">Rank by configuration.</param>
/// <param name="Scaling">What the product is multiplied by.</param>
/// <param name="IsTransposed">The weight is `[in, out]`.</param>
internal sealed record LoraFactors(SafetensorsFile File, string A, string B, int Rank, double Scaling, bool IsTransposed)
{
    /// <summary>Reads the factors.</summary>
    public LowRankUpdate Read() => IsTransposed
        ? LowRankUpdate.TransposeOf(File.Floats(A), File.Floats(B), Rank, Scaling)
        : LowRankUpdate.Of(File.Floats(A), File.Floats(B), Rank, Scaling);

    /// <summary>Where the factors do not fit each other or the weight. A convolution's kernel counts as part of `in`.</summary>
    public IEnumerable<string> FaultsWith(string weight, long[]? shape)
    {
        var (a, b) = (File.Entry(A), File.Entry(B));
        if (a.Shape.Length < 2 || a.Shape[0] != Rank) yield return Fault(A, $"is {LoraAdapter.Text(a.Shape)}, a first side of {Rank}, the rank, is needed.");
        else if (b.Shape.Length < 2 || b.Shape[1] != Rank || b.Count != b.Shape[0] * Rank)
            yield return Fault(B, $"is {LoraAdapter.Text(b.Shape)}, a second side of {Rank}, the rank, is needed.");
        else if (shape is null) yield return $"{File.Path}: tensor '{A}': the checkpoint has no tensor '{weight}' to merge it into.";
        else if (!Product(a, b).AsSpan().SequenceEqual([shape[0], shape.Skip(1).Aggregate(1L, (product, size) => product * size)]))
            yield return $"{File.Path}: tensors '{A}' and '{B}': shape: their product is {LoraAdapter.Text(Product(a, b))}, "
                + $"the checkpoint's '{weight}' has {LoraAdapter.Text(shape)}.";
    }

    private long[] Product(TensorEntry a, TensorEntry b)
    {
        var (inputs, outputs) = (a.Count / Rank, b.Shape[0]);
        return IsTransposed ? [inputs, outputs] : [outputs, inputs];
    }

    private string Fault(string tensor, string problem) => $"{File.Path}: tensor '{tensor}': shape: {problem}";
}
