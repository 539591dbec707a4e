using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.Simulator.Expert;
using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Simulator.Tests.World;

internal sealed class SimulatedWorldTests
{
    [Test]
    public void Step_CommandFarAway_MovesNoFasterThanTheArmCan()
    {
        var episode = EpisodeSampler.Sample(SeedSplit.Evaluation, 1, TaskFamily.Direct);
        var world = new SimulatedWorld(ArmProfiles.Panda, episode.Scene, episode.StartJoints(ArmProfiles.Panda));
        var far = episode.StartJoints(ArmProfiles.Panda);
        for (var j = 0; j < 7; j++) far[j] += 2;
        world.Step(new RobotCommand(far, 0.08), 1 / 82.0);
        for (var j = 0; j < 7; j++) Assert.That(world.State.Velocities[j], Is.EqualTo(ArmProfiles.Panda.VelocityLimitRadPerS[j]).Within(1e-9));
    }

    [Test]
    public void Step_SameCommandsTwice_GivesTheSameBits()
    {
        var (first, second) = (Play(), Play());
        Assert.That(second, Is.EqualTo(first));

        static double[] Play()
        {
            var episode = EpisodeSampler.Sample(SeedSplit.Evaluation, 9, TaskFamily.Inferential);
            var world = new SimulatedWorld(ArmProfiles.Panda, episode.Scene, episode.StartJoints(ArmProfiles.Panda));
            var expert = new ExpertController(ArmProfiles.Panda);
            for (var tick = 0; tick < 120; tick++) world.Step(expert.Command(world, episode.Goal), 1 / 82.0);
            return [.. world.State.Joints.AsSpan(), .. world.ToolPose.ToRows(), world.GripperWidth];
        }
    }

    [Test]
    public void Step_AfterWarmUp_AllocatesNothing()
    {
        var episode = EpisodeSampler.Sample(SeedSplit.Evaluation, 2, TaskFamily.Direct);
        var world = new SimulatedWorld(ArmProfiles.Panda, episode.Scene, episode.StartJoints(ArmProfiles.Panda));
        var command = new RobotCommand(episode.StartJoints(ArmProfiles.Panda), 0);
        for (var tick = 0; tick < 200; tick++) world.Step(command, 1 / 82.0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var tick = 0; tick < 200; tick++) world.Step(command, 1 / 82.0);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }
}
