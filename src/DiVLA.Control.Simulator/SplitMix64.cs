using DiVLA.Control.Robot;

namespace DiVLA.Control.Simulator;

/// <summary>A small random generator whose stream depends on its 64-bit seed alone, on every machine and runtime.</summary>
/// <remarks>SplitMix64. Not for secrets.</remarks>
public sealed class SplitMix64(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A generator with this seed goes on as this one would.</summary>
    public ulong State => _state;

    /// <summary>The next 64 random bits.</summary>
    public ulong NextBits() => SplitMix64Step.Next(ref _state);

    /// <summary>Uniform in [0, 1).</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [low, high).</summary>
    public double Between(double low, double high) => low + (high - low) * NextDouble();

    /// <summary>Uniform in 0 ... count - 1.</summary>
    public int Below(int count) => (int)(NextDouble() * count);

    /// <summary>True with the given probability.</summary>
    public bool Chance(double probability) => NextDouble() < probability;

    /// <summary>Normal with mean 0 and standard deviation 1 (Box-Muller).</summary>
    public double NextGaussian()
    {
        var radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        return radius * Math.Cos(2 * Math.PI * NextDouble());
    }

    /// <summary>One of the items, all equally likely.</summary>
    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];
}
