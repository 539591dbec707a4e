using System.Text.Json;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Training.Data;

/// <summary>Trajectories as the policy speaks of them: the tool's displacement from now, scaled to unit variance.</summary>
internal static class Latent
{
    /// <summary>Position 3, rotation vector 3, gripper 1.</summary>
    public const int Size = TaskSpaceTerms.LatentSize;

    /// <summary>Position 3, rotation vector 3: what comes before the gripper's number.</summary>
    public const int MotionSize = Size - 1;

    /// <summary>Displacement from one pose to another, not yet scaled, `[6]`. Unit: m, rad.</summary>
    public static void Displacement(in RigidTransform from, in RigidTransform to, Span<double> displacement)
    {
        (displacement[0], displacement[1], displacement[2]) = to.Origin - from.Origin;
        (displacement[3], displacement[4], displacement[5]) = RotationVector.Between(from, to);
    }

    /// <summary>Displacements of a sample, not yet scaled, `[H, 7]`. Unit: m, rad, +-1.</summary>
    public static void Displacements(TrainingSample sample, Span<double> displacements) => Displacements(sample.Tool, sample.Future, displacements);

    /// <summary>Displacements from a pose over a trajectory, not yet scaled, `[H, 7]`. Unit: m, rad, +-1.</summary>
    public static void Displacements(in RigidTransform from, ReadOnlySpan<(RigidTransform Tool, bool IsOpen)> future, Span<double> displacements)
    {
        for (var h = 0; h < future.Length; h++)
        {
            var (tool, isOpen) = future[h];
            var row = displacements.Slice(h * Size, Size);
            Displacement(from, tool, row);
            row[MotionSize] = isOpen ? 1 : -1;
        }
    }

    /// <summary>
    /// Root mean square of each number over the tasks of the simulator, `[H][7]`; the gripper's is 1. A constant: the latent space 'task-displacement-16x7/v1'
    /// is this table, and an embodiment's MLP that was trained in it serves every policy that speaks it.
    /// </summary>
    public static double[][] Scale { get; } = ReadScale();

    private static double[][] ReadScale()
    {
        using var table = typeof(Latent).Assembly.GetManifestResourceStream("latent-scale.json")!;
        return JsonSerializer.Deserialize<double[][]>(table)!;
    }
}
