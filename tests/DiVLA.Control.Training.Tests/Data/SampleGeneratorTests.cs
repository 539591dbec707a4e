using DiVLA.Control.Simulator.Cameras;
using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Simulator.World;
using DiVLA.Control.Training.Data;
using DiVLA.Control.Training.Optimisation;

namespace DiVLA.Control.Training.Tests.Data;

internal sealed class SampleGeneratorTests
{
    private static Batch Filled(int step)
    {
        var batch = new Batch(TestConfiguration.Tiny, TestConfiguration.Vocabulary, 8);
        BatchProducer.Fill(batch, new SceneRenderer(), new TrainingOptions { Seed = 11, Steps = 100 }, step);
        return batch;
    }

    [Test]
    public void Fill_SameStepTwice_GivesTheSameBytes()
    {
        var (a, b) = (Filled(5), Filled(5));
        Assert.Multiple(() =>
        {
            Assert.That(b.Frames, Is.EqualTo(a.Frames));
            Assert.That(b.Latents, Is.EqualTo(a.Latents));
            Assert.That(b.NextWord, Is.EqualTo(a.NextWord));
            Assert.That(b.State, Is.EqualTo(a.State));
        });
    }

    [Test]
    public void Fill_OtherStep_GivesOtherScenes() => Assert.That(Filled(6).Frames, Is.Not.EqualTo(Filled(5).Frames));

    [Test]
    public void Fill_ManySamples_KnowsEveryWordAndEndsEveryPhrase()
    {
        for (var step = 0; step < 20; step++)
        {
            var batch = Filled(step);
            Assert.That(batch.Instruction, Has.None.EqualTo(Vocabulary.Unk));
            Assert.That(batch.NextWord, Has.None.EqualTo(Vocabulary.Unk));
            Assert.That(batch.NextWord.Count(word => word == Vocabulary.Eos), Is.EqualTo(batch.Size));
        }
    }

    [Test]
    public void Fill_SwappedSamples_AskOnlyForWordsThatFollowFromTheNamedObject()
    {
        var options = new TrainingOptions { Seed = 11, Steps = 100, SwapShare = 0.5, SwapFrom = 0 };
        var (swapped, comma, vocabulary) = (0, TestConfiguration.Vocabulary.Comma, TestConfiguration.Vocabulary);
        var batch = new Batch(TestConfiguration.Tiny, vocabulary, 64);
        BatchProducer.Fill(batch, new SceneRenderer(), options, step: 0);
        for (var i = 0; i < batch.Size; i++)
        {
            var next = batch.NextWord.AsSpan(i * 17, 17);
            if (next[0] >= 0) continue;
            swapped++;
            Assert.That(next[..3].ToArray(), Is.All.EqualTo(-100), "object");
            Assert.That(next.Contains(comma), Is.False);
            Assert.That(next.ToArray().Count(word => word >= 0), Is.InRange(3, 4), "place and phase");
        }
        Assert.That(swapped, Is.InRange(10, 48));
    }

    [Test]
    public void Sample_SwappedWhileAnObjectIsHeld_NeverLetsGoOfItForAnother()
    {
        for (ulong seed = 0; seed < 400; seed++)
        {
            var sample = SampleGenerator.Sample(seed, draw: 1, new Curriculum(SwapShare: 1, RuleBias: 0));
            if (sample.IsSwapped && sample.Scene.Held is { } held) Assert.That(sample.Goal.Current(sample.Scene)!.Value.Target, Is.EqualTo(held));
        }
    }

    [Test]
    public void Sample_WithRuleBias_SendsWarmColoursLeftMoreOften()
    {
        Assert.Multiple(() =>
        {
            Assert.That(WarmLeftShare(Curriculum.None), Is.EqualTo(0.5).Within(0.12));
            Assert.That(WarmLeftShare(new Curriculum(SwapShare: 0, RuleBias: 0.85)), Is.GreaterThan(0.75));
        });
    }

    private static double WarmLeftShare(Curriculum curriculum)
    {
        var rules = Enumerable.Range(0, 600).Select(seed => SampleGenerator.Sample((ulong)seed, draw: 0, curriculum).Goal)
            .OfType<SortingRule>().Where(rule => rule.Property == SortProperty.Warmth).ToList();
        return rules.Count(rule => rule.FirstClassBin == Side.Left) / (double)rules.Count;
    }

    [Test]
    public void Scale_OfTheLatent_FitsThePresentTasks()
    {
        var measured = MeasureRms(2000);
        for (var h = 0; h < SampleGenerator.Horizon; h++)
            for (var l = 0; l < Latent.Size; l++)
                Assert.That(Latent.Scale[h][l], Is.EqualTo(measured[h][l]).Within(20).Percent, $"sample {h}, number {l}");
    }

    private static double[][] MeasureRms(int samples)
    {
        var rms = Enumerable.Range(0, SampleGenerator.Horizon).Select(_ => new double[Latent.Size]).ToArray();
        var displacements = new double[SampleGenerator.Horizon * Latent.Size];
        for (var i = 0; i < samples; i++)
        {
            Latent.Displacements(SampleGenerator.Sample((ulong)i, draw: 0, Curriculum.None), displacements);
            for (var n = 0; n < displacements.Length; n++) rms[n / Latent.Size][n % Latent.Size] += displacements[n] * displacements[n] / samples;
        }
        return [.. rms.Select(row => row.Select(Math.Sqrt).ToArray())];
    }
}
