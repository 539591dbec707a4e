using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Simulator.Robot;

/// <summary>Judges one try at an episode: the first object that comes to lie in a bin decides, or, where all are to be sorted, the first in a wrong bin or the last in its own.</summary>
/// <remarks>What the goal asks for is read off the untouched scene, so that sorting another object correctly is no success.</remarks>
public sealed class EpisodeAttempt
{
    private readonly Assignment _task;
    private readonly ulong _tickLimit;

    /// <exception cref="ArgumentException">The episode has nothing to do.</exception>
    public EpisodeAttempt(Episode episode, double controlRateHz)
    {
        Episode = episode;
        _task = episode.Goal.Current(episode.Scene) ?? throw new ArgumentException($"Episode {episode.Seed} ({episode.Family}) has nothing to do.", nameof(episode));
        _tickLimit = (ulong)Math.Ceiling(episode.TimeLimit.TotalSeconds * controlRateHz);
    }

    public Episode Episode { get; }

    /// <summary>Control periods since the tray was put down.</summary>
    public ulong Ticks { get; private set; }

    public EpisodeOutcome Outcome { get; private set; }

    /// <summary>Looks at the scene after some control periods.</summary>
    public EpisodeOutcome Judge(Scene scene, ulong ticks)
    {
        if (Outcome != EpisodeOutcome.Unfinished) return Outcome;
        Ticks += ticks;
        var placement = Episode.Goal is SortAll all ? SortedSoFar(scene, all) : FirstPlacement(scene);
        return Outcome = placement != EpisodeOutcome.Unfinished ? placement
            : Ticks >= _tickLimit ? EpisodeOutcome.OutOfTime
            : EpisodeOutcome.Unfinished;
    }

    /// <summary>The policy was never told what to do.</summary>
    public void Refuse() => Outcome = EpisodeOutcome.InstructionRefused;

    private EpisodeOutcome FirstPlacement(Scene scene)
    {
        for (var i = 0; i < scene.Objects.Length; i++)
            if (scene.BinOf(i) is { } bin)
                return i == _task.Target && bin == _task.Bin ? EpisodeOutcome.Success : EpisodeOutcome.WrongPlacement;
        return EpisodeOutcome.Unfinished;
    }

    private static EpisodeOutcome SortedSoFar(Scene scene, SortAll goal)
    {
        for (var i = 0; i < scene.Objects.Length; i++)
            if (scene.BinOf(i) is { } bin && bin != goal.BinFor(scene.Objects[i].Kind)) return EpisodeOutcome.WrongPlacement;
        return goal.IsReached(scene) ? EpisodeOutcome.Success : EpisodeOutcome.Unfinished;
    }
}
