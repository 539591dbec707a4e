namespace DiVLA.Control.ModelBuilder.Graphs;

/// <summary>The time steps' sinusoids of the published heads, rounded to bf16 wherever the published code rounds.</summary>
/// <remarks>
/// The heads were trained with these numbers: in fp32 the same formula differs by up to 0.3 at time step 90. Code: DexVLA, `SinusoidalPosEmb` of
/// modeling_unet_diffusion.py and `TimestepEmbedder` of modeling_scaledp.py. PyTorch computes a bf16 operation in fp32 and rounds its result.
/// </remarks>
internal static class PublishedSinusoids
{
    private static readonly double LogMaxPeriod = Math.Log(10000);

    /// <summary>The U-Net's: `[sin, cos]` of bf16 products of the time step and bf16 frequencies. `[size]`.</summary>
    public static double[] Unet(int timestep, int size)
    {
        var half = size / 2;
        var exponent = -(float)(LogMaxPeriod / (half - 1));
        var angles = Enumerable.Range(0, half).Select(j => Angle(Brain(j), exponent)).ToArray();
        return [.. angles.Select(angle => (double)Brain(MathF.Sin(angle))), .. angles.Select(angle => (double)Brain(MathF.Cos(angle)))];

        float Angle(float index, float factor) => Brain(Brain(timestep) * Brain(MathF.Exp(Brain(index * factor))));
    }

    /// <summary>ScaleDP's: `[cos, sin]` of fp32 products of the time step and bf16 frequencies, rounded at the end. `[size]`.</summary>
    public static double[] ScaleDp(int timestep, int size)
    {
        var half = size / 2;
        var angles = Enumerable.Range(0, half).Select(j => timestep * Frequency(j)).ToArray();
        return [.. angles.Select(angle => (double)Brain(MathF.Cos(angle))), .. angles.Select(angle => (double)Brain(MathF.Sin(angle)))];

        // Multiplied, then divided: two roundings.
        float Frequency(int j) => Brain(MathF.Exp(Brain(Brain(Brain(j) * -(float)LogMaxPeriod) / half)));
    }

    /// <summary>The nearest bf16 number, ties to even.</summary>
    internal static float Brain(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        var rounded = bits + 0x7fff + ((bits >> 16) & 1);
        return BitConverter.UInt32BitsToSingle(rounded & 0xffff0000);
    }
}
