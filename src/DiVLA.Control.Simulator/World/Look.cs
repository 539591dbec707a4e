namespace DiVLA.Control.Simulator.World;

/// <summary>How a scene looks: varied between episodes so that a policy cannot lean on one exact shade.</summary>
/// <param name="Light">Brightness of everything. Around 1.</param>
/// <param name="LightAngle">Direction that light comes from, about the vertical. Unit: rad.</param>
/// <param name="Table">Colour of the table, red, green, blue in [0, 1].</param>
/// <param name="Arm">Colour of the arm.</param>
/// <param name="ArmThickness">Radius of the arm's links. Unit: m.</param>
/// <param name="ShadeSeed">Seed of each object's own small shift in colour.</param>
public sealed record Look(double Light, double LightAngle, Rgb Table, Rgb Arm, double ArmThickness, ulong ShadeSeed)
{
    /// <summary>A random look.</summary>
    public static Look Sample(SplitMix64 random)
    {
        var grey = random.Between(0.35, 0.75);
        var armGrey = random.Between(0.2, 0.95);
        return new Look(
            random.Between(0.85, 1.12),
            random.Between(0, 2 * Math.PI),
            new Rgb(grey + random.Between(-0.06, 0.10), grey + random.Between(-0.05, 0.05), grey + random.Between(-0.10, 0.05)),
            new Rgb(armGrey + random.Between(-0.08, 0.08), armGrey + random.Between(-0.08, 0.08), armGrey + random.Between(-0.08, 0.08)),
            random.Between(0.04, 0.07),
            random.NextBits());
    }
}

/// <summary>A colour, each part in [0, 1].</summary>
public readonly record struct Rgb(double R, double G, double B)
{
    public static Rgb operator *(Rgb colour, double factor) => new(colour.R * factor, colour.G * factor, colour.B * factor);
}
