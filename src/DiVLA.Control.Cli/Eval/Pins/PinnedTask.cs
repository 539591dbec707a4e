using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Simulator;
using DiVLA.Control.Simulator.Expert;
using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Cli.Eval.Pins;

/// <summary>What one episode's arm is redirected to.</summary>
/// <param name="Told">The episode as the instruction has it.</param>
/// <param name="Goal">What the pin means: which object goes into which bin.</param>
/// <param name="Tick">When it is pinned.</param>
/// <param name="Request">The pin, without session.</param>
internal sealed record PinnedTask(Episode Told, PutObject Goal, int Tick, ReasoningPinRequest Request)
{
    // Another stream than the one that the scene was drawn from.
    private const ulong Salt = 0x50494E;

    /// <summary>Draws what is pinned. Deterministic by the episode's seed.</summary>
    /// <exception cref="ArgumentException">The instruction asks for nothing.</exception>
    public static PinnedTask Draw(Episode episode, PinPlan plan)
    {
        var random = new SplitMix64(new SplitMix64(episode.Seed).NextBits() ^ Salt);
        var told = episode.Goal.Current(episode.Scene) ?? throw new ArgumentException($"Episode {episode.Seed} has nothing to do.", nameof(episode));
        var target = plan.Kind == PinKind.Bin ? told.Target : (told.Target + 1 + random.Below(episode.Scene.Objects.Length - 1)) % episode.Scene.Objects.Length;
        var bin = plan.Kind switch
        {
            PinKind.Bin => told.Bin == Side.Left ? Side.Right : Side.Left,
            PinKind.Object => BinOf(episode, target),
            _ => (Side)random.Below(2),
        };
        var tick = plan.AtTick ?? 1 + random.Below(PinPlan.LatestDrawnTick);
        var goal = new PutObject(target, bin);
        return new PinnedTask(episode, goal, tick, Ask(plan.Kind, episode.Scene, goal));
    }

    /// <summary>The episode as it is judged: by the pin, or by the instruction where the pin is released again.</summary>
    public Episode Judged(PinPlan plan) => plan.ReleaseAtTick is null ? Told with { Goal = Goal } : Told;

    private static Side BinOf(Episode episode, int target) => episode.Goal switch
    {
        PutObject put => put.Bin,
        SortingRule rule => rule.BinFor(episode.Scene.Objects[target].Kind),
        _ => throw new ArgumentException($"Episode {episode.Seed}: the instruction has no bin for object {target}.", nameof(episode)),
    };

    private static ReasoningPinRequest Ask(PinKind kind, Scene scene, PutObject goal)
    {
        var request = new ReasoningPinRequest { Who = "divla eval", Why = "evaluation" };
        switch (kind)
        {
            case PinKind.Phrase: request.Phrase = ReasoningPhrase.Say(scene, goal, TaskPhase.Reaching); break;
            case PinKind.Object: request.Object = InstructionGrammar.Name(scene.Objects[goal.Target].Kind); break;
            default: request.Bin = InstructionGrammar.Word(goal.Bin); break;
        }
        return request;
    }
}
