using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Decode;
using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.Simulator.Cameras;
using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Simulator.World;
using Microsoft.Extensions.Time.Testing;

namespace DiVLA.Control.Policy.Tests;

/// <summary>The simulated arm under a policy, tick by tick, in this thread: every phrase is decoded before the next picture is taken.</summary>
internal sealed class EpisodeRun : IDisposable
{
    private static readonly EmbodimentProfile Profile = ArmProfiles.Panda;
    private readonly FakeTimeProvider _clock = new();
    private readonly SimulatedWorld _world;
    private readonly SceneRenderer _renderer = new();
    private readonly RigidTransform[] _links = new RigidTransform[Profile.JointCount + 1];
    private readonly byte[] _front = new byte[Camera.FrameBytes];
    private readonly byte[] _wrist = new byte[Camera.FrameBytes];
    private readonly CameraFrame[] _frames;
    private ulong _sequence;

    public EpisodeRun(PolicyBundle bundle, Episode episode)
    {
        _world = new SimulatedWorld(Profile, episode.Scene, episode.StartJoints(Profile));
        _frames = [Frame("front", _front), Frame("wrist", _wrist)];
        Policy = bundle.CreatePolicy(Profile.Name, episode.Seed, _clock);
        Trajectory = Policy.CreateTrajectory();
        Policy.SetInstruction(episode.Instruction);
    }

    public DiffusionVlaPolicy Policy { get; }

    public PolicyTrajectory Trajectory { get; }

    /// <summary>The observation that the last inference was made from.</summary>
    public Observation Last => new() { Sequence = _sequence, CapturedAt = MonotonicTime.Now(_clock), Frames = _frames, State = _world.State };

    /// <summary>Takes pictures, infers, and waits for the phrase that this may have called for. The arm stays where it is.</summary>
    public void Infer()
    {
        _clock.Advance(TimeSpan.FromSeconds(1 / Profile.ControlRateHz));
        _sequence++;
        _world.LinkPoses(_links);
        _renderer.Render(Camera.Front, _world.Scene, _links, _world.GripperWidth, _front);
        _renderer.Render(Camera.Wrist(_world.ToolPose), _world.Scene, _links, _world.GripperWidth, _wrist);
        Policy.InferFromPolicyThread(Last, Trajectory);
        Policy.WaitForPhrase();
    }

    /// <summary>Moves the arm on by one tick along the plan.</summary>
    public void Follow()
    {
        if (Trajectory.Outcome != PolicyOutcome.Ok) return;
        var (from, to) = (_world.State.CommandedJoints, Trajectory[0]);
        Span<double> joints = stackalloc double[Profile.JointCount];
        for (var joint = 0; joint < joints.Length; joint++) joints[joint] = from[joint] + (to.Joints[joint] - from[joint]) / 4;
        _world.Step(new RobotCommand(new JointPositions(joints), to.GripperWidth), 1 / Profile.ControlRateHz);
    }

    public void Dispose() => Policy.Dispose();

    private static CameraFrame Frame(string name, byte[] pixels) => new(name, FrameEncoding.Rgb8, Camera.Size, Camera.Size, pixels);
}
