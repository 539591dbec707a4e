using DiVLA.Control.Policy;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Decode;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Cli.Bench;

/// <summary>Pictures and an arm that stands for any bundle: noise from a seed in every camera, joints where they were commanded to.</summary>
internal sealed class BenchScene
{
    private const int BytesPerPixel = 3;

    private readonly EmbodimentProfile _profile;
    private readonly CameraFrame[] _frames;
    private RobotState _state;

    public BenchScene(PolicyManifest manifest, EmbodimentProfile profile)
    {
        _profile = profile;
        var random = new Random(1);
        Pictures = Array.ConvertAll(manifest.Cameras, camera => new ReadOnlyMemory<byte>(Noise(random, camera)));
        _frames = [.. manifest.Cameras.Zip(Pictures, (camera, picture) => new CameraFrame(camera.Name, FrameEncoding.Rgb8, camera.Width, camera.Height, picture))];
        Follow(new RobotCommand(new JointPositions(profile.RestRad), profile.Gripper.OpenWidthM));
    }

    /// <summary>One of each camera, packed as RGB8.</summary>
    public ReadOnlyMemory<byte>[] Pictures { get; }

    /// <summary>What the arm reports.</summary>
    public ref readonly RobotState State => ref _state;

    /// <summary>Puts the arm where a command wants it, at rest.</summary>
    public void Follow(in RobotCommand command) => _state = new RobotState(
        command.Joints, new JointVelocities(stackalloc double[_profile.JointCount]), command.Joints, command.GripperWidth, IsHolding: false);

    /// <summary>What a policy sees of it.</summary>
    public Observation Observe(ulong sequence, TimeProvider clock) =>
        new() { Sequence = sequence, CapturedAt = MonotonicTime.Now(clock), Frames = _frames, State = _state };

    private static byte[] Noise(Random random, CameraManifest camera)
    {
        var pixels = new byte[camera.Width * camera.Height * BytesPerPixel];
        random.NextBytes(pixels);
        return pixels;
    }
}
