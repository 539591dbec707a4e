using DiVLA.Control.Simulator;
using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Training.Data;

/// <summary>
/// Samples in which the phrase names another object or bin than the instruction, and the motion follows the phrase. They teach the arm to follow
/// its phrase, so that an operator who pins another one redirects it.
/// </summary>
internal static class PhraseSwap
{
    private const int Attempts = 8;

    /// <summary>Another object on the table, another bin, or both; null where nothing is left to do.</summary>
    public static PutObject? Draw(SplitMix64 random, Episode episode)
    {
        if (episode.Goal.Current(episode.Scene) is not { } asked) return null;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var target = random.Below(episode.Scene.Objects.Length);
            var bin = (Side)random.Below(2);
            if (episode.Scene.BinOf(target) is null && new Assignment(target, bin) != asked) return new PutObject(target, bin);
        }
        return null;
    }

    /// <summary>What a swap comes to in a state: an object in hand is never let go for another, only its bin is swapped; a swap that is done is over.</summary>
    public static Goal Settle(PutObject? swap, Scene scene, Goal goal)
    {
        if (swap is null || swap.IsReached(scene)) return goal;
        return scene.Held is { } held ? swap with { Target = held } : swap;
    }
}
