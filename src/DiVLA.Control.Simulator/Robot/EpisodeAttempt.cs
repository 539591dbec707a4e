using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Simulator.Robot;

/// <summary>Judges one try at an episode: the first object that comes to lie in a bin decides.</summary>
/// <remarks>What the goal asks for is read off the untouched scene, so that sorting another object correctly is no success.</remarks>
internal sealed class EpisodeAttempt(Episode episode, ulong tickLimit)
{
    private readonly Assignment _task = episode.Goal.Current(episode.Scene)
        ?? throw new ArgumentException($"Episode {episode.Seed} ({episode.Family}) has nothing to do.", nameof(episode));

    public Episode Episode => episode;

    /// <summary>Control periods since the tray was put down.</summary>
    public ulong Ticks { get; private set; }

    public EpisodeOutcome Outcome { get; private set; }

    /// <summary>Looks at the scene after some control periods.</summary>
    public EpisodeOutcome Judge(Scene scene, ulong ticks)
    {
        if (Outcome != EpisodeOutcome.Unfinished) return Outcome;
        Ticks += ticks;
        return Outcome = Placement(scene) is { } placement ? placement
            : Ticks >= tickLimit ? EpisodeOutcome.OutOfTime
            : EpisodeOutcome.Unfinished;
    }

    /// <summary>The policy was never told what to do.</summary>
    public void Refuse() => Outcome = EpisodeOutcome.InstructionRefused;

    private EpisodeOutcome? Placement(Scene scene)
    {
        for (var i = 0; i < scene.Objects.Length; i++)
            if (scene.BinOf(i) is { } bin)
                return i == _task.Target && bin == _task.Bin ? EpisodeOutcome.Success : EpisodeOutcome.WrongPlacement;
        return null;
    }
}
