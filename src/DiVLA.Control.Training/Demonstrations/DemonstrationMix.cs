using DiVLA.Control.ModelBuilder;
using DiVLA.Control.Simulator;
using DiVLA.Control.Training.Data;

namespace DiVLA.Control.Training.Demonstrations;

/// <summary>Puts demonstrations into a share of every batch. Which rows depends on the seed and the step alone.</summary>
/// <param name="set">The demonstrations.</param>
/// <param name="frames">Their pictures.</param>
/// <param name="share">Share of each batch. Range: above 0, up to 1.</param>
/// <param name="config">Shapes and scales.</param>
/// <param name="vocabulary">Words.</param>
internal sealed class DemonstrationMix(DemonstrationSet set, FrameStore frames, double share, ModelConfig config, Vocabulary vocabulary) : IDisposable
{
    private const ulong Stream = 0x64656D6F6E737472;

    private readonly DemonstrationWriter _writer = new(config, vocabulary);

    /// <summary>Rows of a batch that are left to the simulator: the first ones.</summary>
    public int Simulated(int batchSize) => batchSize - (int)Math.Round(share * batchSize);

    /// <summary>Writes the demonstrated rows of a step's batch.</summary>
    public void Fill(Batch batch, ulong seed, int step)
    {
        var random = new SplitMix64(new SplitMix64(seed ^ Stream).NextBits() + (ulong)step);
        for (var i = Simulated(batch.Size); i < batch.Size; i++)
        {
            var row = (long)(random.NextDouble() * set.Rows);
            var (dataset, local) = set.Locate(row);
            _writer.Write(batch, i, dataset.At(local));
            frames.Read(row, _writer.Frames(batch, i));
        }
    }

    public void Dispose() => frames.Dispose();
}
