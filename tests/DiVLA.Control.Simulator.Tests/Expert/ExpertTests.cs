using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.Simulator.Expert;
using DiVLA.Control.Simulator.Robot;
using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Simulator.Tests.Expert;

internal sealed class ExpertTests
{
    private const double Period = TaskSpaceRollout.Period;
    private const int TimeLimitTicks = 8 * 82;

    [Test]
    public void Expert_FiftyEpisodes_SolvesAllWithoutBreakingJointLimits([Values] TaskFamily family)
    {
        var profile = ArmProfiles.Panda;
        var controller = new ExpertController(profile);
        for (ulong seed = 0; seed < 50; seed++)
        {
            var episode = EpisodeSampler.Sample(SeedSplit.Evaluation, seed, family);
            var world = new SimulatedWorld(profile, episode.Scene, episode.StartJoints(profile));
            var attempt = new EpisodeAttempt(episode, profile.ControlRateHz);
            while (attempt.Judge(world.Scene, ticks: 1) == EpisodeOutcome.Unfinished)
            {
                world.Step(controller.Command(world, episode.Goal), Period);
                for (var j = 0; j < profile.JointCount; j++)
                    Assert.That(world.State.Joints[j], Is.InRange(profile.PositionLowerRad[j], profile.PositionUpperRad[j]));
            }
            Assert.That(attempt.Outcome, Is.EqualTo(EpisodeOutcome.Success), $"{family} {seed}: {episode.Instruction}");
        }
    }

    [Test]
    public void Expert_PushedAsideOnTheWay_StillSolvesTheTask()
    {
        var random = new SplitMix64(3);
        for (ulong seed = 0; seed < 30; seed++)
        {
            var episode = EpisodeSampler.Sample(SeedSplit.Evaluation, seed, TaskFamily.Direct);
            var rollout = new TaskSpaceRollout(episode.Scene, episode.Goal, EpisodeSampler.SampleStartPose(random), 0.08);
            for (var push = 0; push < 4; push++)
            {
                for (var tick = 0; tick < 30; tick++) rollout.Step();
                var shift = new Vector3d(random.NextGaussian(), random.NextGaussian(), 0) * 0.03;
                rollout.Scene.Carry(shift);
                rollout = new TaskSpaceRollout(rollout.Scene, episode.Goal, rollout.Tool.WithOrigin(rollout.Tool.Origin + shift), rollout.GripperWidth);
            }
            for (var tick = 0; tick < TimeLimitTicks && !episode.Goal.IsReached(rollout.Scene); tick++) rollout.Step();
            Assert.That(episode.Goal.IsReached(rollout.Scene), Is.True, $"seed {seed}");
        }
    }

    [Test]
    public void Phrase_OverAnEpisode_NamesThePhasesInOrder()
    {
        var episode = EpisodeSampler.Sample(SeedSplit.Evaluation, 4, TaskFamily.Direct);
        var rollout = new TaskSpaceRollout(episode.Scene, episode.Goal, EpisodeSampler.SampleStartPose(new SplitMix64(1)), 0.08);
        var phases = new List<string>();
        for (var tick = 0; tick < TimeLimitTicks; tick++)
        {
            var last = ReasoningPhrase.Say(rollout.Scene, episode.Goal, rollout.Advice.Phase).Split(' ')[^1];
            if (phases.Count == 0 || phases[^1] != last) phases.Add(last);
            rollout.Step();
        }
        Assert.That(phases, Is.EqualTo(new[] { "reaching", "grasping", "carrying", "releasing", "resting" }));
    }
}
