using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Training.Evaluation;
using DiVLA.Control.Training.Modules;

namespace DiVLA.Control.Training.Tests.Evaluation;

internal sealed class ClosedLoopEvaluationTests
{
    // Kinds of objects that training never shows lie on the table, too.
    [Test]
    public void Run_ModelThatLearntNothing_PlaysEveryFamilyToItsEnd()
    {
        using var model = new DiffusionVlaModel(TestConfiguration.Tiny);
        var results = new ClosedLoopEvaluation(model, TestConfiguration.Vocabulary).Run(episodes: 1, firstSeed: 1);
        Assert.That(results.Select(result => result.Family), Is.EqualTo(Enum.GetValues<TaskFamily>().Select(InstructionGrammar.Name)));
        Assert.That(results.Select(result => (result.Episodes, result.Successes)), Is.All.EqualTo((1, 0)));
    }
}
