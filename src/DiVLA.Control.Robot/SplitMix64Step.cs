namespace DiVLA.Control.Robot;

/// <summary>The step of SplitMix64 (Steele, Lea, Flood 2014): a stream of random bits that depends on its 64-bit seed alone, on every machine and runtime.</summary>
/// <remarks>Noise of the policy and scenes of the simulator and the training are drawn from it. Not for secrets.</remarks>
public static class SplitMix64Step
{
    /// <summary>The next 64 random bits.</summary>
    /// <param name="state">The seed at first; moves on with every call.</param>
    public static ulong Next(ref ulong state)
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
