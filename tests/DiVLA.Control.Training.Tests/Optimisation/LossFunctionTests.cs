using DiVLA.Control.Simulator.Cameras;
using DiVLA.Control.Training.Data;
using DiVLA.Control.Training.Diffusion;
using DiVLA.Control.Training.Modules;
using DiVLA.Control.Training.Optimisation;
using static TorchSharp.torch;

namespace DiVLA.Control.Training.Tests.Optimisation;

/// <summary>What is not known of a sample must not be asked for.</summary>
internal sealed class LossFunctionTests
{
    [Test]
    public void Compute_WithoutAnyPhrase_AsksForNoWord()
    {
        var batch = Simulated();
        batch.NextWord.AsSpan().Fill(Batch.Ignored);
        Assert.That(Losses(batch).NextToken, Is.Zero);
    }

    [Test]
    public void Compute_HalfTheSamplesWithoutAPhrase_IsTheMeanOverTheOthersWords()
    {
        var (all, half) = (Simulated(), Simulated());
        var words = TestConfiguration.Tiny.Prompt.MaxPhraseTokens + 1;
        half.NextWord.AsSpan(words).Fill(Batch.Ignored);
        for (var i = 1; i < all.Size; i++) all.NextWord.AsSpan(0, words).CopyTo(all.NextWord.AsSpan(i * words));
        var alone = Losses(half).NextToken;
        Assert.That(alone, Is.GreaterThan(0).And.LessThan(20));
        Assert.That(alone, Is.Not.EqualTo(Losses(all).NextToken).Within(1e-6));
    }

    [Test]
    public void Compute_OfUnknownTables_HasNoAuxiliaryLoss()
    {
        var batch = Simulated();
        batch.Presence.AsSpan().Fill(Batch.Unknown);
        batch.Places.AsSpan().Fill(100);
        Assert.That(Losses(batch).Auxiliary, Is.Zero);
    }

    [Test]
    public void Compute_OfAnUnknownTableAmongKnownOnes_IsTheirLoss()
    {
        var batch = Simulated();
        batch.Presence.AsSpan(0, Batch.Kinds).Fill(Batch.Unknown);
        var before = Losses(batch).Auxiliary;
        batch.Places.AsSpan(0, Batch.Kinds * 2).Fill(100);
        Assert.That(Losses(batch).Auxiliary, Is.EqualTo(before));
    }

    private static Batch Simulated()
    {
        var batch = new Batch(TestConfiguration.Tiny, TestConfiguration.Vocabulary, 4);
        BatchProducer.Fill(batch, new SceneRenderer(), new TrainingOptions { Seed = 3 }, step: 0);
        return batch;
    }

    private static (float NextToken, float Auxiliary) Losses(Batch batch)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(5);
        using var model = new DiffusionVlaModel(TestConfiguration.Tiny);
        using var auxiliary = new AuxiliaryHead(TestConfiguration.Tiny);
        var losses = new LossFunction(model, auxiliary, new NoiseSchedule(TestConfiguration.Tiny.Scheduler), new TrainingOptions { NoiseDraws = 1 }).Compute(batch);
        return (losses.NextToken.item<float>(), losses.Auxiliary.item<float>());
    }
}
