using DiVLA.Control.Policy.Reasoning;
using DiVLA.Control.Simulator.Tasks;

namespace DiVLA.Control.Policy.Tests.Reasoning.Pins;

/// <summary>Whole episodes of the trained policy on the simulator: what is called verified is what greedy decoding under the pin says, at every tick.</summary>
[TestFixture]
internal sealed class PinnedEpisodeTests
{
    private const int Ticks = 160;
    private const int PinTick = 20;
    private const int ReleaseTick = 130;

    private TrainedBundle _trained = null!;

    [OneTimeSetUp]
    public void Load() => _trained = new TrainedBundle();

    [OneTimeTearDown]
    public void Delete() => _trained.Dispose();

    [TestCase(true, true, 11UL)]
    [TestCase(true, false, 12UL)]
    [TestCase(false, true, 13UL)]
    public void Infer_OverAWholeEpisode_SaysWhatGreedyDecodingUnderThePinSays(bool pinsObject, bool pinsBin, ulong seed)
    {
        var episode = EpisodeSampler.Sample(SeedSplit.Evaluation, seed, TaskFamily.Direct, new TaskScope([TaskFamily.Direct], 3, 3, TaskScope.FirstShapes));
        var request = Request(episode, pinsObject, pinsBin);
        using var run = new EpisodeRun(_trained.Loaded, episode);
        using var greedy = _trained.Loaded.CreateGreedyDecoder("panda");
        var (verified, pinned) = (0, 0);
        for (var tick = 0; tick < Ticks; tick++)
        {
            if (tick == PinTick) Assert.That(run.Policy.Pin(request).Outcome, Is.EqualTo(PinOutcome.Accepted));
            if (tick == ReleaseTick) run.Policy.ReleasePin();
            run.Infer();
            if (run.Trajectory.Phrase is { } phrase)
            {
                var pin = run.Policy.CurrentPin;
                var said = greedy.DecodeTokens(phrase.Said, run.Last, pin?.Constraint);
                var isVerified = run.Trajectory.PhraseState == PhraseState.Verified;
                Assert.That(phrase.Tokens.SequenceEqual(said), Is.EqualTo(isVerified), $"tick {tick}, {run.Trajectory.PhraseState}: '{phrase.Text}'");
                if (isVerified) verified++;
                if (isVerified && pin is not null && Honours(phrase.Text, request)) pinned++;
            }
            run.Follow();
        }
        using (Assert.EnterMultipleScope())
        {
            Assert.That(verified, Is.GreaterThan(Ticks / 2));
            Assert.That(pinned, Is.GreaterThan((ReleaseTick - PinTick) / 2));
            Assert.That(run.Trajectory.Phrase!.Pin, Is.Null, "after the release");
        }
    }

    private static PinRequest Request(Episode episode, bool pinsObject, bool pinsBin)
    {
        var told = (PutObject)episode.Goal;
        var other = episode.Scene.Objects[(told.Target + 1) % episode.Scene.Objects.Length];
        return new PinRequest
        {
            Object = pinsObject ? InstructionGrammar.Name(other.Kind) : "",
            Bin = pinsBin ? told.Bin == Simulator.World.Side.Left ? "right" : "left" : "",
        };
    }

    private static bool Honours(string phrase, PinRequest pin) =>
        phrase.StartsWith($"target {pin.Object}", StringComparison.Ordinal)
        && phrase.Contains($"put it in the {pin.Bin}", StringComparison.Ordinal);
}
