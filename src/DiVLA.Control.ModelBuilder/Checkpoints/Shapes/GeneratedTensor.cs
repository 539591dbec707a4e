using System.Text;
using DiVLA.Control.Robot;

namespace DiVLA.Control.ModelBuilder.Checkpoints.Shapes;

/// <summary>Numbers of a weight from its name alone, nearly normal, scaled so that activations stay near one. Any part can be had without the rest.</summary>
internal readonly struct GeneratedTensor
{
    // A sum of four uniform numbers has a third of the variance of a normal one.
    private const double SumScale = 1.7320508075688772;
    private const int BitsPerUniform = 16;

    private readonly ulong _seed;
    private readonly double _mean;
    private readonly double _scale;

    public GeneratedTensor(string name, long[] shape)
    {
        _seed = Hash(name);
        _mean = shape.Length == 1 && name.EndsWith("weight", StringComparison.Ordinal) ? 1 : 0;
        _scale = SumScale * Deviation(name, shape);
    }

    /// <summary>Fills numbers, the first of which is number `first` of the tensor.</summary>
    public void Fill(long first, Span<float> numbers)
    {
        // The generator's state moves on by the same step each time: any number of it can be jumped to.
        var state = unchecked(_seed + (ulong)first * 0x9E3779B97F4A7C15);
        foreach (ref var number in numbers) number = (float)(_mean + _scale * Sum(SplitMix64Step.Next(ref state)));
    }

    private static double Sum(ulong bits)
    {
        var sum = (bits & 0xFFFF) + (bits >> BitsPerUniform & 0xFFFF) + (bits >> 2 * BitsPerUniform & 0xFFFF) + (bits >> 3 * BitsPerUniform);
        return sum * (1.0 / (1 << BitsPerUniform)) - 2;
    }

    private static double Deviation(string name, long[] shape) => name.StartsWith("model.embed", StringComparison.Ordinal) ? 1
        : shape.Length == 1 ? 0.1
        : 1 / Math.Sqrt(shape.Skip(1).Aggregate(1L, (product, size) => product * size));

    // FNV-1a
    private static ulong Hash(string name)
    {
        var hash = 14695981039346656037UL;
        foreach (var value in Encoding.UTF8.GetBytes(name)) hash = unchecked((hash ^ value) * 1099511628211UL);
        return hash;
    }
}
