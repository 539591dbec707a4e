using DiVLA.Control.Robot;
using DiVLA.Control.Simulator;
using DiVLA.Control.Simulator.Expert;
using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Training.Data;

/// <summary>Draws labelled states: first ticks, states along the expert's way, perturbed ones, and ones near any object.</summary>
internal static class SampleGenerator
{
    /// <summary>Samples of a trajectory.</summary>
    public const int Horizon = 16;

    /// <summary>Ticks between two samples.</summary>
    public const int SamplePeriodTicks = 4;

    private const double FirstTickShare = 0.3;
    private const double NearObjectShare = 0.2;
    private const double TargetShare = 0.4;
    private const double PlacedObjectShare = 0.1;
    private const double OverBinShare = 0.35;
    private const double ShapeRuleRedraws = 0.3;

    // Far from every seed that another sample starts with.
    private const ulong SeedStride = 1UL << 44;
    private const double CarryingShare = 0.25;
    private const int LongestRollout = 175;
    private const int LongestCarry = 60;

    // A rule and a picture, or a comparison of places, take longer to be understood than a name.
    private static readonly TaskFamily[] _familyTurns =
    [
        TaskFamily.Direct, TaskFamily.Inferential, TaskFamily.Spatial, TaskFamily.Paraphrase, TaskFamily.SortAll,
        TaskFamily.Spatial, TaskFamily.Inferential, TaskFamily.Paraphrase, TaskFamily.SortAll, TaskFamily.Spatial,
    ];

    /// <summary>One sample; the same arguments give the same sample.</summary>
    /// <param name="sceneSeed">Decides scene and instruction.</param>
    /// <param name="draw">Which of the scene's states.</param>
    /// <param name="curriculum">What the training has come to.</param>
    public static TrainingSample Sample(ulong sceneSeed, int draw, Curriculum curriculum) => Draw(sceneSeed, draw, curriculum).Label();

    /// <summary>The state of <see cref="Sample"/>, to be played on before it is labelled.</summary>
    public static DrawnState Draw(ulong sceneSeed, int draw, Curriculum curriculum)
    {
        var family = _familyTurns[sceneSeed % (ulong)_familyTurns.Length];
        var episode = SampleEpisode(sceneSeed, family, curriculum.RuleBias);
        var random = new SplitMix64(sceneSeed * 31 + (ulong)draw + 1);
        if (episode.Goal is SortAll all) SortSome(random, episode.Scene, all);
        var swap = random.Chance(curriculum.SwapShare) ? PhraseSwap.Draw(random, episode) : null;
        // Half of the swaps come up on the way that the instruction asks for, half have gone on from the start.
        var driven = swap is not null && random.Chance(0.5) ? swap : episode.Goal;
        var rollout = new TaskSpaceRollout(episode.Scene, driven, StartPose(random, episode.Goal), 0.08);
        var (scene, tool, width) = DrawState(random, rollout, driven);
        return new DrawnState(episode, swap, scene, tool, width);
    }

    // Colour rules are the harder ones, and drawn more often.
    private static Episode SampleEpisode(ulong sceneSeed, TaskFamily family, double ruleBias)
    {
        for (var attempt = 0UL; ; attempt++)
        {
            var episode = EpisodeSampler.Sample(SeedSplit.Training, sceneSeed + attempt * SeedStride, family);
            if (episode.Goal is not SortingRule rule) return episode;
            var random = new SplitMix64(sceneSeed * 13 + attempt);
            var isRedrawn = rule.Property == SortProperty.Shape ? random.Chance(ShapeRuleRedraws)
                : rule.FirstClassBin == Side.Right && random.Chance(ruleBias);
            if (!isRedrawn) return episode;
        }
    }

    /// <summary>Asks the expert for phrase and trajectory of a state.</summary>
    /// <param name="episode">Says the instruction.</param>
    /// <param name="goal">What is steered to: the instruction's goal, or what it was swapped for.</param>
    /// <param name="scene">Objects as they lie.</param>
    /// <param name="tool">Tool pose in the table frame.</param>
    /// <param name="width">Distance between the fingers. Unit: m.</param>
    public static TrainingSample Label(Episode episode, Goal goal, Scene scene, RigidTransform tool, double width)
    {
        var rollout = new TaskSpaceRollout(scene.Clone(), goal, tool, width);
        var phrase = ReasoningPhrase.Say(scene, goal, rollout.Advice.Phase);
        var future = new (RigidTransform, bool)[Horizon];
        for (var h = 0; h < Horizon; h++)
        {
            // The gripper's word is that of the sample's last tick: told of its first, a policy that is replanned every tick would
            // stand still just short of the place where the expert opens, forever about to.
            var isOpen = true;
            for (var tick = 0; tick < SamplePeriodTicks; tick++) isOpen = rollout.Step().IsGripperOpen;
            future[h] = (rollout.Tool, isOpen);
        }
        return new TrainingSample(episode.Family, scene, goal, goal != episode.Goal, episode.Instruction, phrase, tool, width, future);
    }

    // Sorting goes on with some objects in their bins already, now and then with all of them.
    private static void SortSome(SplitMix64 random, Scene scene, SortAll goal)
    {
        var count = random.Below(scene.Objects.Length + 1);
        for (var i = 0; i < count; i++)
        {
            var kind = scene.Objects[i].Kind;
            var offset = new Vector3d(random.Between(-0.045, 0.045), random.Between(-0.045, 0.045), kind.Height / 2);
            scene.Place(i, TableLayout.BinCentre(goal.BinFor(kind)) + offset);
        }
    }

    // An arm that sorts comes from a bin as often as from anywhere else.
    private static RigidTransform StartPose(SplitMix64 random, Goal goal)
    {
        if (goal is not SortingRule || !random.Chance(OverBinShare)) return EpisodeSampler.SampleStartPose(random);
        var offset = new Vector3d(random.Between(-0.04, 0.04), random.Between(-0.04, 0.04), random.Between(0.09, 0.2));
        return EpisodeSampler.SampleTilt(random, 0.03).WithOrigin(TableLayout.BinCentre((Side)random.Below(2)) + offset);
    }

    private static (Scene Scene, RigidTransform Tool, double Width) DrawState(SplitMix64 random, TaskSpaceRollout rollout, Goal goal)
    {
        var kind = random.NextDouble();
        if (kind < FirstTickShare) return (rollout.Scene, rollout.Tool, rollout.GripperWidth);
        if (kind < FirstTickShare + NearObjectShare) return NearObject(random, rollout.Scene, goal);
        var ticks = random.Below(LongestRollout);
        for (var tick = 0; tick < ticks; tick++) rollout.Step();
        if (random.Chance(CarryingShare)) Carry(random, rollout);
        if (goal is PutObject && rollout.Scene.Held is null && random.Chance(PlacedObjectShare)) return NearObject(random, rollout.Scene, goal);
        return random.Chance(0.5) ? Perturbed(random, rollout) : (rollout.Scene, rollout.Tool, rollout.GripperWidth);
    }

    // What is in the hand hides most of itself, and decides the bin.
    private static void Carry(SplitMix64 random, TaskSpaceRollout rollout)
    {
        for (var tick = 0; tick < LongestRollout && rollout.Scene.Held is null; tick++) rollout.Step();
        var ticks = random.Below(LongestCarry);
        for (var tick = 0; tick < ticks && rollout.Scene.Held is not null; tick++) rollout.Step();
    }

    // Others about as often as the target: otherwise 'descend on whatever is near' is learnt.
    private static (Scene Scene, RigidTransform Tool, double Width) NearObject(SplitMix64 random, Scene scene, Goal goal)
    {
        var any = random.Below(scene.Objects.Length);
        var centre = scene.Objects[random.Chance(TargetShare) ? goal.Current(scene)?.Target ?? any : any].Centre;
        var spread = random.Chance(0.5) ? 0.01 : 0.04;
        var height = random.Chance(0.5) ? random.Between(-0.01, 0.03) : random.Between(0, 0.14);
        var origin = centre + new Vector3d(spread * random.NextGaussian(), spread * random.NextGaussian(), height);
        var width = random.Chance(0.25) ? random.Between(0.045, 0.08) : 0.08;
        return (scene, EpisodeSampler.SampleTilt(random, 0.03).WithOrigin(AboveTable(origin)), width);
    }

    private static (Scene Scene, RigidTransform Tool, double Width) Perturbed(SplitMix64 random, TaskSpaceRollout rollout)
    {
        var spread = random.Chance(0.5) ? 0.004 : 0.018;
        var shift = new Vector3d(random.NextGaussian(), random.NextGaussian(), random.NextGaussian()) * spread;
        var origin = AboveTable(rollout.Tool.Origin + shift);
        rollout.Scene.Carry(origin - rollout.Tool.Origin);
        var turn = RotationVector.ToTransform(new Vector3d(random.NextGaussian(), random.NextGaussian(), random.NextGaussian()) * 0.025);
        var tool = (turn * rollout.Tool.WithOrigin(default)).WithOrigin(origin);
        return (rollout.Scene, tool, rollout.GripperWidth);
    }

    private static Vector3d AboveTable(Vector3d point) => point with { Z = Math.Max(point.Z, 0.012) };
}
