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
    private const double PlacedObjectShare = 0.1;
    private const int LongestRollout = 175;

    // A rule and a picture take longer to be understood than a name.
    private static readonly TaskFamily[] _familyTurns = [TaskFamily.Direct, TaskFamily.Inferential, TaskFamily.Paraphrase, TaskFamily.Inferential];

    /// <summary>One sample; the same seed gives the same sample.</summary>
    public static TrainingSample Sample(ulong sceneSeed, int draw)
    {
        var family = _familyTurns[sceneSeed % (ulong)_familyTurns.Length];
        var episode = EpisodeSampler.Sample(SeedSplit.Training, sceneSeed, family);
        var random = new SplitMix64(sceneSeed * 31 + (ulong)draw + 1);
        var rollout = new TaskSpaceRollout(episode.Scene, episode.Goal, EpisodeSampler.SampleStartPose(random), 0.08);
        var (scene, tool, width) = DrawState(random, rollout, episode.Goal);
        return Label(episode, scene, tool, width);
    }

    /// <summary>Asks the expert for phrase and trajectory of a state.</summary>
    public static TrainingSample Label(Episode episode, Scene scene, RigidTransform tool, double width)
    {
        var rollout = new TaskSpaceRollout(scene.Clone(), episode.Goal, tool, width);
        var phrase = ReasoningPhrase.Say(scene, episode.Goal, rollout.Advice.Phase);
        var future = new (RigidTransform, bool)[Horizon];
        for (var h = 0; h < Horizon; h++)
        {
            // The gripper's word is that of the sample's last tick: told of its first, a policy that is replanned every tick would
            // stand still just short of the place where the expert opens, forever about to.
            var isOpen = true;
            for (var tick = 0; tick < SamplePeriodTicks; tick++) isOpen = rollout.Step().IsGripperOpen;
            future[h] = (rollout.Tool, isOpen);
        }
        return new TrainingSample(episode.Family, scene, episode.Goal, episode.Instruction, phrase, tool, width, future);
    }

    private static (Scene Scene, RigidTransform Tool, double Width) DrawState(SplitMix64 random, TaskSpaceRollout rollout, Goal goal)
    {
        var kind = random.NextDouble();
        if (kind < FirstTickShare) return (rollout.Scene, rollout.Tool, rollout.GripperWidth);
        if (kind < FirstTickShare + NearObjectShare) return NearObject(random, rollout.Scene);
        var ticks = random.Below(LongestRollout);
        for (var tick = 0; tick < ticks; tick++) rollout.Step();
        if (goal is PutObject && rollout.Scene.Held is null && random.Chance(PlacedObjectShare)) return NearObject(random, rollout.Scene);
        return random.Chance(0.5) ? Perturbed(random, rollout) : (rollout.Scene, rollout.Tool, rollout.GripperWidth);
    }

    // Distractors as often as the target: otherwise 'descend on whatever is near' is learnt.
    private static (Scene Scene, RigidTransform Tool, double Width) NearObject(SplitMix64 random, Scene scene)
    {
        var centre = scene.Objects[random.Below(scene.Objects.Length)].Centre;
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
