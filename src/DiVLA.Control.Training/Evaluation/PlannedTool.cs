using DiVLA.Control.Robot;
using DiVLA.Control.Simulator;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.Simulator.Expert;
using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Simulator.World;
using DiVLA.Control.Training.Data;

namespace DiVLA.Control.Training.Evaluation;

/// <summary>A tool without an arm, that goes exactly where a plan says.</summary>
/// <param name="scene">Objects; moved along.</param>
/// <param name="tool">Tool pose in the table frame.</param>
/// <param name="width">Distance between the fingers. Unit: m.</param>
internal sealed class PlannedTool(Scene scene, RigidTransform tool, double width)
{
    private const double LargestTilt = 0.4;
    private const ulong PostureSeed = 1;
    private readonly FreeTool _tool = new(scene, tool, width);

    public RigidTransform Pose => _tool.Pose;

    public double Width => _tool.Width;

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
        _tool.Move(motion, turn, latent[6] > 0);
    }
}
