using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Decode;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Tests;

/// <summary>What a robot might see and feel: coloured noise that changes from frame to frame, and an arm near its rest position.</summary>
internal sealed class Scene
{
    private readonly PolicyManifest _manifest;
    private readonly EmbodimentProfile _profile;
    private readonly CameraFrame[] _frames;

    public Scene(PolicyBundle bundle, int seed)
    {
        _manifest = bundle.Manifest;
        _profile = bundle.Embodiments["panda"];
        _frames = [.. _manifest.Cameras.Select((camera, index) => RandomFrame(camera, seed + 1000 * index))];
        State = StateAt(_profile.RestRad);
    }

    public CameraFrame[] Frames => _frames;

    public RobotState State { get; set; }

    public static CameraFrame RandomFrame(CameraManifest camera, int seed)
    {
        var pixels = new byte[camera.Width * camera.Height * 3];
        new Random(seed).NextBytes(pixels);
        return new CameraFrame(camera.Name, FrameEncoding.Rgb8, camera.Width, camera.Height, pixels);
    }

    public RobotState StateAt(double[] joints)
    {
        var positions = new JointPositions(joints);
        return new RobotState(positions, new JointVelocities(new double[joints.Length]), positions, _profile.Gripper.OpenWidthM, IsHolding: false);
    }

    /// <summary>Repaints a share of every picture with one random colour, so that scenes drift apart slowly or at once.</summary>
    public void Repaint(int seed, double share)
    {
        var random = new Random(seed);
        for (var index = 0; index < _frames.Length; index++)
        {
            var pixels = _frames[index].Data.ToArray();
            var (start, length) = (random.Next(pixels.Length), (int)(pixels.Length * share));
            for (var offset = 0; offset < length; offset++) pixels[(start + offset) % pixels.Length] = (byte)(random.Next(3) * 127);
            _frames[index] = _frames[index] with { Data = pixels };
        }
    }

    public Observation Observe(ulong sequence, MonotonicTime capturedAt) =>
        new() { Sequence = sequence, CapturedAt = capturedAt, Frames = _frames, State = State };
}
