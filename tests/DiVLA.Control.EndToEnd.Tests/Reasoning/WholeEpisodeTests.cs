using DiVLA.Control.Cli;
using DiVLA.Control.Policy;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Reasoning;
using DiVLA.Control.Simulator.Robot;
using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.EndToEnd.Tests.Reasoning;

/// <summary>Draft verification over whole episodes of the default policy: at every tick it says of its phrase what plain greedy decoding says of the frame.</summary>
[TestFixture]
internal sealed class WholeEpisodeTests
{
    private static readonly TaskScope _tasks = BundleTasks.Read(Checkout.DefaultBundle);

    private PolicyBundle _bundle = null!;

    // What the weights were trained for is the bundle's to say.
    private static IEnumerable<TaskFamily> Families => _tasks.Families;

    [OneTimeSetUp]
    public void Load() => _bundle = PolicyBundle.Load(Checkout.DefaultBundle, new PolicyOptions { RehearsalInferences = 0 });

    [OneTimeTearDown]
    public void Free() => _bundle.Dispose();

    [Test]
    public void Phrase_AtEveryTickOfAnEpisode_IsVerifiedWhereItIsTheGreedyOneAndNowhereElse([ValueSource(nameof(Families))] TaskFamily family)
    {
        using var episode = Sample(family, seed: 1);
        var said = Play(episode);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(said.Verified, Is.GreaterThanOrEqualTo(0.8 * said.Ticks), "most ticks go on with the phrase before");
            Assert.That(said.Phrases, Has.Count.GreaterThanOrEqualTo(3), "an episode has several phases, each with its phrase");
        }
    }

    // How often it succeeds is for `divla eval` to say; that none of three does would make the test above one of a policy that is lost.
    [Test]
    public void Episode_OfTheDirectFamily_SucceedsWhenPlayedLikeThis()
    {
        var succeeded = false;
        for (var seed = 1UL; seed <= 3 && !succeeded; seed++)
        {
            using var episode = Sample(TaskFamily.Direct, seed);
            Play(episode);
            succeeded = episode.Outcome == EpisodeOutcome.Success;
        }
        Assert.That(succeeded, Is.True);
    }

    private PolicyEpisode Sample(TaskFamily family, ulong seed) => new(_bundle, EpisodeSampler.Sample(SeedSplit.Evaluation, seed, family, _tasks));

    private static Said Play(PolicyEpisode episode)
    {
        var said = new Said(0, 0, []);
        while (episode.Outcome == EpisodeOutcome.Unfinished)
        {
            episode.PlanNextTick();
            said.Phrases.Add(episode.Greedy);
            said = said with { Ticks = said.Ticks + 1, Verified = said.Verified + (IsVerified(episode) ? 1 : 0) };
            episode.Act();
        }
        return said;
    }

    // The state before the first phrase calls for one as a pending state does.
    private static bool IsVerified(PolicyEpisode episode)
    {
        var (phrase, greedy) = (episode.Plan.Phrase?.Text, episode.Greedy);
        if (episode.Plan.PhraseState == PhraseState.Verified)
        {
            Assert.That(phrase, Is.EqualTo(greedy), $"verified, observation {episode.Plan.ObservationSequence}");
            return true;
        }
        Assert.That(phrase, Is.Not.EqualTo(greedy), $"pending, observation {episode.Plan.ObservationSequence}");
        Assert.That(episode.SettledPhrase(), Is.EqualTo(greedy), $"decoded from observation {episode.Plan.ObservationSequence}");
        return false;
    }

    private sealed record Said(int Ticks, int Verified, HashSet<string> Phrases);
}
