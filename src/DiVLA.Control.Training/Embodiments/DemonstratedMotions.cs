using DiVLA.Control.Simulator;
using DiVLA.Control.Training.Demonstrations;

namespace DiVLA.Control.Training.Embodiments;

/// <summary>Motions of an arm as somebody demonstrated them: no pictures are read.</summary>
internal sealed class DemonstratedMotions(DemonstrationSet set)
{
    /// <summary>Draws one motion. Any thread, each with its own random numbers.</summary>
    /// <param name="random">Decides which.</param>
    /// <param name="joints">Takes `[H + 1, n]`: commanded joints now, then at each sample. Unit: rad.</param>
    public void Draw(SplitMix64 random, Span<double> joints)
    {
        var (dataset, row) = set.Locate((long)(random.NextDouble() * set.Rows));
        dataset.Motion(row, joints);
    }
}
