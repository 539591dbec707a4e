using DiVLA.Control.Robot;
using DiVLA.Control.Simulator;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Simulator.World;
using DiVLA.Control.Training.Data;

namespace DiVLA.Control.Training.Evaluation;

/// <summary>A tool without an arm, that goes exactly where a plan says.</summary>
/// <param name="scene">Objects; moved along.</param>
/// <param name="tool">Tool pose in the table frame.</param>
/// <param name="width">Distance between the fingers. Unit: m.</param>
internal sealed class FreeTool(Scene scene, RigidTransform tool, double width)
{
    private const double OpenWidth = 0.08;
    private const double WidthStep = 0.2 / 82;
    private const double LargestTilt = 0.4;
    private const ulong PostureSeed = 1;

    public RigidTransform Pose { get; private set; } = tool;

    public double Width { get; private set; } = width;

    /// <summary>True where it has gone astray, away from the table or tilted far: pictures show an arm, and there is none that could be there.</summary>
    public bool IsLost =>
        Pose.Origin is not { X: > 0.28 and < 0.7, Y: > -0.42 and < 0.42, Z: > 0 and < 0.4 }
        || RotationVector.Between(Pose, TableLayout.ToolDown).Length > LargestTilt
        || !EpisodeSampler.TrySolveJoints(new SplitMix64(PostureSeed), ArmProfiles.Panda.CreateKinematics(), ArmProfiles.Panda.RestRad, Pose, out _);

    /// <summary>One of the ticks that lead to the first sample of a plan [H, L].</summary>
    public void Follow(ReadOnlySpan<float> latent, double[][] rms)
    {
        const double share = 1.0 / SampleGenerator.SamplePeriodTicks;
        var motion = new Vector3d(latent[0] * rms[0][0], latent[1] * rms[0][1], latent[2] * rms[0][2]) * share;
        var turn = new Vector3d(latent[3] * rms[0][3], latent[4] * rms[0][4], latent[5] * rms[0][5]) * share;
        Pose = RotationVector.Displace(Pose, motion, turn);
        scene.Carry(motion);
        MoveGripper(latent[6] > 0);
    }

    private void MoveGripper(bool open)
    {
        if (open)
        {
            scene.Release();
            Width = Math.Min(OpenWidth, Width + WidthStep);
            return;
        }
        var width = Math.Max(0, Width - WidthStep);
        if ((scene.Held ?? scene.Graspable(Pose.Origin)) is { } index && width <= scene.Objects[index].Kind.GraspWidth)
        {
            scene.Grasp(index);
            width = scene.Objects[index].Kind.GraspWidth;
        }
        Width = width;
    }
}
