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

    /// <summary>Root mean square of each number over many samples, `[H][7]`; the gripper's is 1.</summary>
    public static double[][] MeasureRms(int samples, ulong seed)
    {
        var rms = Enumerable.Range(0, SampleGenerator.Horizon).Select(_ => new double[Size]).ToArray();
        var displacements = new double[SampleGenerator.Horizon * Size];
        for (var i = 0; i < samples; i++)
        {
            Displacements(SampleGenerator.Sample(seed + (ulong)i, 0), displacements);
            for (var n = 0; n < displacements.Length; n++) rms[n / Size][n % Size] += displacements[n] * displacements[n] / samples;
        }
        foreach (var row in rms)
            for (var l = 0; l < Size; l++) row[l] = l == Size - 1 ? 1 : Math.Sqrt(row[l]);
        return rms;
    }
}
