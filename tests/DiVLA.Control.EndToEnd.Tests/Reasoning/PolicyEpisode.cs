using DiVLA.Control.Policy;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Decode;
using DiVLA.Control.Policy.Reasoning;
using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.Simulator.Cameras;
using DiVLA.Control.Simulator.Robot;
using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Simulator.World;
using Microsoft.Extensions.Time.Testing;

namespace DiVLA.Control.EndToEnd.Tests.Reasoning;

/// <summary>An arm that follows the policy through one episode, without service and loop: a picture and a plan a tick, in time that the test turns.</summary>
internal sealed class PolicyEpisode : IDisposable
{
    private static readonly EmbodimentProfile _profile = ArmProfiles.Panda;

    private readonly FakeTimeProvider _clock = new();
    private readonly SceneRenderer _renderer = new();
    private readonly RigidTransform[] _links = new RigidTransform[_profile.JointCount + 1];
    private readonly byte[] _front = new byte[Camera.FrameBytes];
    private readonly byte[] _wrist = new byte[Camera.FrameBytes];
    private readonly CameraFrame[] _frames;
    private readonly Episode _episode;
    private readonly EpisodeAttempt _attempt;
    private readonly SimulatedWorld _world;
    private readonly DiffusionVlaPolicy _policy;
    private readonly GreedyDecoder _greedy;
    private readonly int _samplePeriodTicks;
    private ulong _tick;

    public PolicyEpisode(PolicyBundle bundle, Episode episode)
    {
        _episode = episode;
        _attempt = new EpisodeAttempt(episode, _profile.ControlRateHz);
        _world = new SimulatedWorld(_profile, episode.Scene, episode.StartJoints(_profile));
        _frames =
        [
            new CameraFrame("front", FrameEncoding.Rgb8, Camera.Size, Camera.Size, _front),
            new CameraFrame("wrist", FrameEncoding.Rgb8, Camera.Size, Camera.Size, _wrist),
        ];
        _samplePeriodTicks = bundle.Manifest.SamplePeriodTicks;
        _policy = bundle.CreatePolicy(_profile.Name, episode.Seed, _clock);
        _greedy = bundle.CreateGreedyDecoder(_profile.Name);
        Plan = _policy.CreateTrajectory();
        Assert.That(_policy.SetInstruction(episode.Instruction).Outcome, Is.EqualTo(InstructionOutcome.Accepted), episode.Instruction);
    }

    /// <summary>The plan of the newest tick.</summary>
    public PolicyTrajectory Plan { get; }

    /// <summary>What plain greedy decoding says of the frame that the plan was made from.</summary>
    public string Greedy { get; private set; } = "";

    /// <summary>How the episode ended, or that it has not.</summary>
    public EpisodeOutcome Outcome => _attempt.Outcome;

    /// <summary>One tick later: takes both pictures, asks greedy decoding what it says of them, and plans.</summary>
    public void PlanNextTick()
    {
        _clock.Advance(TimeSpan.FromSeconds(1 / _profile.ControlRateHz));
        _tick++;
        _world.LinkPoses(_links);
        _renderer.Render(Camera.Front, _world.Scene, _links, _world.GripperWidth, _front);
        _renderer.Render(Camera.Wrist(_world.ToolPose), _world.Scene, _links, _world.GripperWidth, _wrist);
        var observation = new Observation { Sequence = _tick, CapturedAt = MonotonicTime.Now(_clock), Frames = _frames, State = _world.State };
        Greedy = _greedy.Decode(_episode.Instruction, observation);
        _policy.InferFromPolicyThread(observation, Plan);
    }

    /// <summary>Waits for the phrase that the newest plan called for.</summary>
    public string? SettledPhrase()
    {
        _policy.WaitForPhrase();
        return _policy.CurrentPhrase?.Text;
    }

    /// <summary>Follows the newest plan for one tick; without a plan the arm stays where it is told to be.</summary>
    public void Act()
    {
        var command = new RobotCommand(_world.State.CommandedJoints, _world.GripperWidth);
        if (Plan.Outcome == PolicyOutcome.Ok) command = TowardsFirstSample(command.Joints);
        _world.Step(command, 1 / _profile.ControlRateHz);
        _attempt.Judge(_world.Scene, ticks: 1);
    }

    public void Dispose()
    {
        _policy.Dispose();
        _greedy.Dispose();
    }

    private RobotCommand TowardsFirstSample(JointPositions joints)
    {
        for (var joint = 0; joint < joints.Count; joint++) joints[joint] += (Plan[0].Joints[joint] - joints[joint]) / _samplePeriodTicks;
        return new RobotCommand(joints, Plan[0].GripperWidth);
    }
}
