using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Diffusion;

/// <summary>Standard normal numbers from a seed: the same seed gives the same bits on the same machine, in every version of .NET.</summary>
/// <remarks>SplitMix64 through the Box-Muller transform. Used by one thread; does not allocate.</remarks>
internal sealed class GaussianNoise
{
    private ulong _state;

    public GaussianNoise(ulong seed) => _state = seed;

    /// <summary>Fills the tensor with the next numbers of the sequence.</summary>
    public void Draw(Span<float> numbers)
    {
        for (var index = 0; index < numbers.Length; index += 2)
        {
            var radius = Math.Sqrt(-2 * Math.Log(NextUnit()));
            var (sine, cosine) = Math.SinCos(2 * Math.PI * NextUnit());
            numbers[index] = (float)(radius * cosine);
            if (index + 1 < numbers.Length) numbers[index + 1] = (float)(radius * sine);
        }
    }

    // Uniform in (0, 1]: 53 bits, shifted by one so that the logarithm stays finite.
    private double NextUnit() => ((SplitMix64Step.Next(ref _state) >> 11) + 1) * (1.0 / (1UL << 53));
}
