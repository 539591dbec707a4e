using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Decode;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy;

/// <summary>Runs an arm's whole path on a grey picture before anything depends on its timing.</summary>
internal static class Rehearsal
{
    private const byte Grey = 128;

    /// <summary>Runs the inferences. How they end does not matter: a grey picture calls for no plan.</summary>
    public static void Run(PolicyParts parts)
    {
        if (parts.Options.RehearsalInferences == 0) return;
        var clock = TimeProvider.System;
        using var policy = new DiffusionVlaPolicy(parts, noiseSeed: 0, clock);
        policy.Want(parts.Prompt.Blank);

        var trajectory = policy.CreateTrajectory();
        var frames = GreyFrames(parts);
        var state = AtRest(parts.Profile);
        var began = clock.GetTimestamp();
        for (var inference = 1; inference <= parts.Options.RehearsalInferences; inference++)
        {
            if (clock.GetElapsedTime(began) > parts.Options.MaxRehearsalTime) return;

            var observation = new Observation { Sequence = (ulong)inference, CapturedAt = MonotonicTime.Now(clock), Frames = frames, State = state };
            policy.InferFromPolicyThread(observation, trajectory);
            policy.WaitForPhrase();
        }
    }

    private static CameraFrame[] GreyFrames(PolicyParts parts)
    {
        return Array.ConvertAll(
            parts.Manifest.Cameras, camera => new CameraFrame(camera.Name, FrameEncoding.Rgb8, camera.Width, camera.Height, GreyPixels(camera)));
    }

    private static byte[] GreyPixels(CameraManifest camera)
    {
        var pixels = new byte[camera.Width * camera.Height * 3];
        Array.Fill(pixels, Grey);
        return pixels;
    }

    private static RobotState AtRest(EmbodimentProfile profile)
    {
        var rest = new JointPositions(profile.RestRad);
        return new RobotState(rest, new JointVelocities(new double[profile.JointCount]), rest, profile.Gripper.OpenWidthM, IsHolding: false);
    }
}
