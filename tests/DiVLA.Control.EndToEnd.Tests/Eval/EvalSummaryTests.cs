using DiVLA.Control.Cli.Eval;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Simulator.Robot;
using DiVLA.Control.Simulator.Tasks;

namespace DiVLA.Control.EndToEnd.Tests.Eval;

[TestFixture]
internal sealed class EvalSummaryTests
{
    // Two seconds at 82 Hz are 165 commands with both ends: that is no rate of 82.5.
    [Test]
    public void CommandsPerSecond_OfShortSessions_IsTheirRate()
    {
        var episode = EpisodeSampler.Sample(SeedSplit.Evaluation, 1, TaskFamily.Direct);
        var result = new EpisodeResult(episode, EpisodeOutcome.Success, 164, 2, new PhraseScore(0, 0, null));
        var trials = Enumerable.Range(0, 10).Select(_ => new EvalTrial("panda", result, 1, new SessionStatistics { CommandsSent = 165, Seconds = 2, CommandHz = 82 }, [])).ToArray();
        Assert.That(EvalFamily.Of(TaskFamily.Direct, "panda", trials).CommandsPerSecond, Is.EqualTo(82).Within(1e-9));
    }
}
