using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy.Embodiment;

/// <summary>What the numbers of a latent `[H, L]` mean: scaled displacement of the tool from the pose of the commanded joints.</summary>
internal sealed class TaskDisplacementLatent
{
    /// <summary>L: position (3), rotation vector (3), gripper (1).</summary>
    public const int Size = TaskSpaceTerms.LatentSize;

    private readonly LatentManifest _latent;

    public TaskDisplacementLatent(LatentManifest latent) => _latent = latent;

    /// <summary>H.</summary>
    public int Horizon => _latent.Horizon;

    /// <summary>Tool pose that a sample asks for. Table frame.</summary>
    public RigidTransform ToolPose(in RigidTransform commanded, ReadOnlySpan<float> latent, int sample)
    {
        var numbers = latent.Slice(sample * Size, Size);
        var rms = _latent.Rms[sample];
        var shift = new Vector3d(numbers[0] * rms[0], numbers[1] * rms[1], numbers[2] * rms[2]);
        var turn = new Vector3d(numbers[3] * rms[3], numbers[4] * rms[4], numbers[5] * rms[5]);
        return RotationVector.Displace(commanded, shift, turn);
    }
}
