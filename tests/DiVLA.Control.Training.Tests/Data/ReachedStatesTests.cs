using DiVLA.Control.Training.Data;
using DiVLA.Control.Training.Modules;
using DiVLA.Control.Training.Optimisation;
using TorchSharp;

namespace DiVLA.Control.Training.Tests.Data;

internal sealed class ReachedStatesTests
{
    private static readonly TrainingOptions _options = new() { Steps = 1000, BatchSize = 8, ReachedShare = 0.5, ReachedFrom = 0.5, SwapShare = 0, Seed = 5 };

    [Test]
    public void Fill_BeforeItsTime_LeavesTheBatchAlone() => Assert.That(Filled(_options, step: 499).Instruction, Is.All.Zero);

    [Test]
    public void Fill_InItsTime_FillsItsShareOfTheSimulatedRows()
    {
        var batch = Filled(_options, step: 500);
        var words = batch.Instruction.Chunk(TestConfiguration.Tiny.Prompt.InstructionTokens).Select(row => row.Any(word => word != 0)).ToArray();
        Assert.That(words, Is.EqualTo(new[] { true, true, true, false, false, false, false, false }), "half of six rows");
        Assert.That(batch.Latents.Take(batch.Latents.Length / 8 * 3), Is.All.Matches<float>(float.IsFinite));
    }

    [Test]
    public void Fill_SameWeightsSeedAndStep_GivesTheSameBytes()
    {
        var (a, b) = (Filled(_options, step: 500), Filled(_options, step: 500));
        Assert.That((b.Frames, b.Latents, b.State), Is.EqualTo((a.Frames, a.Latents, a.State)));
        Assert.That(Filled(_options with { Seed = 6 }, step: 500).Frames, Is.Not.EqualTo(a.Frames));
    }

    // All weights are equal: the generator of the weights is seeded.
    private static Batch Filled(TrainingOptions options, int step)
    {
        torch.random.manual_seed(1);
        using var model = new DiffusionVlaModel(TestConfiguration.Tiny);
        var batch = new Batch(TestConfiguration.Tiny, TestConfiguration.Vocabulary, options.BatchSize);
        new ReachedStates(model, TestConfiguration.Vocabulary, options).Fill(batch, step, simulated: 6);
        return batch;
    }
}
