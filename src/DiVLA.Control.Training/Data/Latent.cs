using System.Text.Json;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Training.Data;

/// <summary>Trajectories as the policy speaks of them: the tool's displacement from now, scaled to unit variance.</summary>
internal static class Latent
{
    /// <summary>Position 3, rotation vector 3, gripper 1.</summary>
    public const int Size = 7;

    /// <summary>Displacements of a sample, not yet scaled, `[H, 7]`. Unit: m, rad, +-1.</summary>
    public static void Displacements(TrainingSample sample, Span<double> displacements)
    {
        for (var h = 0; h < sample.Future.Length; h++)
        {
            var (tool, isOpen) = sample.Future[h];
            var row = displacements.Slice(h * Size, Size);
            (row[0], row[1], row[2]) = tool.Origin - sample.Tool.Origin;
            (row[3], row[4], row[5]) = RotationVector.Between(sample.Tool, tool);
            row[6] = isOpen ? 1 : -1;
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
