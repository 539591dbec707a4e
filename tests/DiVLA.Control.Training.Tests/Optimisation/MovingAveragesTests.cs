using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Training.Optimisation;

namespace DiVLA.Control.Training.Tests.Optimisation;

internal sealed class MovingAveragesTests
{
    [Test]
    public void Phrases_OfFamiliesNeverDrawn_AreNotReported()
    {
        var averages = new MovingAverages();

        averages.Add([TaskFamily.Direct, TaskFamily.Direct, null], [1, 0, 1]);

        var phrases = averages.ToMetrics(1, new TrainingOptions(), 0).PhraseExactMatch;
        Assert.That(phrases, Is.EqualTo(new Dictionary<string, double> { ["direct"] = 0.5 }));
    }

    [Test]
    public void Loss_OfTwoSteps_IsTheWeightedSumOfItsParts()
    {
        var averages = new MovingAverages();

        averages.Add(2, 1, 7);
        averages.Add(2, 1, 7);

        var metrics = averages.ToMetrics(2, new TrainingOptions { Alpha = 10 }, 0);
        Assert.That((metrics.LossDiffusion, metrics.LossNtp, metrics.LossAuxiliary, metrics.Loss), Is.EqualTo((2.0, 1.0, 7.0, 12.0)));
    }
}
