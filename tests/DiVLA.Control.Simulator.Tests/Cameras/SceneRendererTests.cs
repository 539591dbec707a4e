using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.Simulator.Cameras;
using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Simulator.Tests.Cameras;

internal sealed class SceneRendererTests
{
    private readonly SceneRenderer _renderer = new();
    private readonly RigidTransform[] _links = new RigidTransform[8];

    private byte[] Render(Scene scene, JointPositions joints, bool wrist)
    {
        var world = new SimulatedWorld(ArmProfiles.Panda, scene, joints);
        world.LinkPoses(_links);
        var frame = new byte[Camera.FrameBytes];
        _renderer.Render(wrist ? Camera.Wrist(world.ToolPose) : Camera.Front, scene, _links, world.GripperWidth, frame);
        return frame;
    }

    [Test]
    public void Render_SameSceneTwice_GivesTheSamePixels([Values] bool wrist)
    {
        var episode = EpisodeSampler.Sample(SeedSplit.Evaluation, 3, TaskFamily.Direct);
        var (first, second) = (Render(episode.Scene, episode.StartJoints(ArmProfiles.Panda), wrist), Render(episode.Scene, episode.StartJoints(ArmProfiles.Panda), wrist));
        Assert.That(second, Is.EqualTo(first));
    }

    [Test]
    public void FrontCamera_ObjectAnywhereOnTheTable_IsSeen()
    {
        var start = EpisodeSampler.Sample(SeedSplit.Evaluation, 3, TaskFamily.Direct).StartJoints(ArmProfiles.Panda);
        var look = new Look(1, 0, new Rgb(0.5, 0.5, 0.5), new Rgb(0.5, 0.5, 0.5), 0.05, 1);
        foreach (var x in new[] { TableLayout.NearestX, TableLayout.FarthestX })
        {
            foreach (var y in new[] { -TableLayout.LargestY, TableLayout.LargestY })
            {
                var item = new TableObject(new ObjectKind(ObjectColour.Red, ObjectShape.Cube), new Vector3d(x, y, 0.022), 0);
                var frame = Render(new Scene([item], look), start, wrist: false);
                var reds = Enumerable.Range(0, Camera.Size * Camera.Size).Count(p => frame[3 * p] > 2 * frame[3 * p + 1] + 30);
                Assert.That(reds, Is.GreaterThan(8), $"x {x}, y {y}");
            }
        }
    }

    [Test]
    public void Render_AfterWarmUp_AllocatesNothing()
    {
        var episode = EpisodeSampler.Sample(SeedSplit.Evaluation, 3, TaskFamily.Direct);
        new SimulatedWorld(ArmProfiles.Panda, episode.Scene, episode.StartJoints(ArmProfiles.Panda)).LinkPoses(_links);
        var frame = new byte[Camera.FrameBytes];
        for (var i = 0; i < 50; i++) _renderer.Render(Camera.Front, episode.Scene, _links, 0.08, frame);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 50; i++) _renderer.Render(Camera.Front, episode.Scene, _links, 0.08, frame);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }
}
