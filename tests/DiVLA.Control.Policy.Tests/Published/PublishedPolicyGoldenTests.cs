using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Reasoning;
using DiVLA.Control.Robot;
using DiVLA.Control.TestSupport;
using DiVLA.Control.TestSupport.Published;
using Microsoft.Extensions.Time.Testing;

namespace DiVLA.Control.Policy.Tests.Published;

/// <summary>A published checkpoint through the whole policy: the original's pictures, state and noise give its phrase and its actions.</summary>
[Category("Golden")]
[TestFixtureSource(typeof(GoldenFolder), nameof(GoldenFolder.AllCases))]
internal sealed class PublishedPolicyGoldenTests(GoldenCase golden)
{
    // Of the largest magnitude.
    private const double Tolerance = 1e-3;

    private GoldenBundle _golden = null!;
    private PolicyBundle _bundle = null!;

    [OneTimeSetUp]
    public void Build()
    {
        _golden = new GoldenBundle(golden);
        _golden.Build();
        _bundle = PolicyBundle.Load(_golden.Folder, new PolicyOptions { RehearsalInferences = 1 });
    }

    [OneTimeTearDown]
    public void Clean()
    {
        _bundle?.Dispose();
        _golden.Dispose();
    }

    [Test]
    public void Infer_WithTheOriginalsNoise_GivesItsPhraseAndItsActions()
    {
        using var run = new Run(_golden, _bundle);
        Assert.That(run.Infer(), Is.EqualTo(PolicyOutcome.AwaitingPhrase), "the head never acts without a phrase");
        run.Policy.WaitForPhrase();
        var outcome = run.Infer();

        var phrase = _golden.Phrase;
        if (phrase.Length == 0)
        {
            if (!golden.EndsWithEos) Assert.Ignore("The original was cut at one token, which it never read: there is no such bundle.");
            Assert.That(outcome, Is.EqualTo(PolicyOutcome.AwaitingPhrase), "an empty phrase gives the head nothing to act on");
            return;
        }
        Assert.That(outcome, Is.EqualTo(PolicyOutcome.Ok), run.Trajectory.Fault.Describe());
        Assert.That(run.Trajectory.Phrase!.Tokens, Is.EqualTo(phrase));
        Assert.That(run.Trajectory.Phrase.IsEnded, Is.EqualTo(golden.EndsWithEos));
        Assert.That(run.Trajectory.PhraseState, Is.EqualTo(PhraseState.Verified));
        Assert.That(golden.BeginsWith(run.Trajectory.Phrase.Text), run.Trajectory.Phrase.Text);
        CheckActions(run.Trajectory);
    }

    [Test]
    public void GreedyDecoder_SaysTheOriginalsPhrase()
    {
        using var greedy = _bundle.CreateGreedyDecoder(GoldenArm.Name);
        var phrase = greedy.Decode(golden.Instruction, Run.Observe(_golden, 1, default));
        Assert.That(golden.BeginsWith(phrase), phrase);
    }

    [Test]
    public void Infer_SameNoiseAgain_GivesTheSameBits()
    {
        if (_golden.Phrase.Length == 0) Assert.Ignore("The case's phrase is empty: there are no actions.");
        var first = Actions();
        Assert.That(Actions(), Is.EqualTo(first));

        float[] Actions()
        {
            using var run = new Run(_golden, _bundle);
            run.Infer();
            run.Policy.WaitForPhrase();
            run.Infer();
            return [.. Enumerable.Range(0, run.Trajectory.Horizon).SelectMany(sample => _golden.Arm.ActionOf(run.Trajectory[sample]))];
        }
    }

    private void CheckActions(PolicyTrajectory trajectory)
    {
        var expected = _golden.Expected.Floats("actions");
        float[] actual = [.. Enumerable.Range(0, trajectory.Horizon).SelectMany(sample => _golden.Arm.ActionOf(trajectory[sample]))];
        Assert.That(actual, Has.Length.EqualTo(expected.Length));
        var magnitude = expected.Max(Math.Abs);
        var largest = actual.Zip(expected, (a, b) => Math.Abs(a - b)).Max();
        TestContext.Out.WriteLine($"{golden} actions: max abs difference {largest:E2}, {largest / magnitude:E2} of the largest magnitude {magnitude:F3}");
        Assert.That(largest, Is.LessThanOrEqualTo(Tolerance * magnitude));
    }

    /// <summary>A session's policy with the original's noise; time stands but for what each observation takes.</summary>
    private sealed class Run : IDisposable
    {
        private readonly GoldenBundle _golden;
        private readonly FakeTimeProvider _clock = new();
        private ulong _sequence;

        public Run(GoldenBundle golden, PolicyBundle bundle)
        {
            _golden = golden;
            Policy = bundle.CreatePolicy(GoldenArm.Name, noiseSeed: 1, _clock);
            Policy.UseNoise(golden.Expected.Floats("noise"));
            Trajectory = Policy.CreateTrajectory();
            Assert.That(Policy.SetInstruction(golden.Case.Instruction).Outcome, Is.EqualTo(InstructionOutcome.Accepted));
        }

        public DiffusionVlaPolicy Policy { get; }

        public PolicyTrajectory Trajectory { get; }

        public static Observation Observe(GoldenBundle golden, ulong sequence, MonotonicTime capturedAt) => new()
        {
            Sequence = sequence, CapturedAt = capturedAt, Frames = golden.Frames(), State = golden.Arm.StateOf(golden.Expected.Floats("qpos")),
        };

        public PolicyOutcome Infer()
        {
            _clock.Advance(TimeSpan.FromMilliseconds(20));
            return Policy.InferFromPolicyThread(Observe(_golden, ++_sequence, MonotonicTime.Now(_clock)), Trajectory);
        }

        public void Dispose() => Policy.Dispose();
    }
}
