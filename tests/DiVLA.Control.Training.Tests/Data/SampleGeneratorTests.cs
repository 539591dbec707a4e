using DiVLA.Control.Simulator.Cameras;
using DiVLA.Control.Training.Data;

namespace DiVLA.Control.Training.Tests.Data;

internal sealed class SampleGeneratorTests
{
    private static Batch Filled(int step)
    {
        var batch = new Batch(TestConfiguration.Tiny, TestConfiguration.Vocabulary, 8);
        BatchProducer.Fill(batch, new SceneRenderer(), seed: 11, step);
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
    public void MeasureRms_TaskMotions_GrowsWithTheHorizonAndLeavesTheGripperAlone()
    {
        var rms = Latent.MeasureRms(500, seed: 3);
        Assert.Multiple(() =>
        {
            Assert.That(rms[15][1], Is.GreaterThan(5 * rms[0][1]));
            Assert.That(rms.Select(row => row[6]), Is.All.EqualTo(1));
        });
    }
}
