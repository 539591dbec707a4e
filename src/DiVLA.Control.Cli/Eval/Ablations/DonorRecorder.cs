using DiVLA.Control.Policy;
using DiVLA.Control.Policy.Ablation;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Decode;
using DiVLA.Control.Policy.Reasoning;
using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Cameras;
using DiVLA.Control.Simulator.Expert;
using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Simulator.World;

namespace DiVLA.Control.Cli.Eval.Ablations;

/// <summary>Has the scripted expert play an episode and records what the policy would say on the way, as Film would read it.</summary>
internal sealed class DonorRecorder(PolicyBundle bundle, EmbodimentProfile arm) : IDisposable
{
    private const int TicksPerMean = 4;
    private const int MostTicks = 400;

    private readonly GreedyDecoder _decoder = bundle.CreateGreedyDecoder(arm.Name);
    private readonly SceneRenderer _renderer = new();
    private readonly byte[] _front = new byte[Camera.FrameBytes];
    private readonly byte[] _wrist = new byte[Camera.FrameBytes];

    /// <summary>Plays one episode until its goal is reached.</summary>
    public ReasoningTrace Record(Episode episode)
    {
        var world = new SimulatedWorld(arm, episode.Scene, episode.StartJoints(arm));
        var expert = new ExpertController(arm);
        var means = new List<float[]>();
        for (var tick = 0; tick < MostTicks && !episode.Goal.IsReached(world.Scene); tick++)
        {
            if (tick % TicksPerMean == 0) means.Add(Say(world, episode.Instruction));
            world.Step(expert.Command(world, episode.Goal), 1 / arm.ControlRateHz);
        }
        return new ReasoningTrace(means, TicksPerMean);
    }

    /// <inheritdoc/>
    public void Dispose() => _decoder.Dispose();

    private float[] Say(SimulatedWorld world, string instruction)
    {
        var links = new RigidTransform[arm.JointCount + 1];
        world.LinkPoses(links);
        _renderer.Render(Camera.Front, world.Scene, links, world.GripperWidth, _front);
        _renderer.Render(Camera.Wrist(world.ToolPose), world.Scene, links, world.GripperWidth, _wrist);
        return _decoder.DecodeMean(instruction, new Observation
        {
            Sequence = 1,
            CapturedAt = default,
            Frames = [Frame("front", _front), Frame("wrist", _wrist)],
            State = world.State,
        });
    }

    private static CameraFrame Frame(string name, byte[] pixels) => new(name, FrameEncoding.Rgb8, Camera.Size, Camera.Size, pixels);
}
