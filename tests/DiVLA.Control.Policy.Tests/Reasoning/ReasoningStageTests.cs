using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Reasoning;

namespace DiVLA.Control.Policy.Tests.Reasoning;

/// <summary>Reasoning at every inference, over real sessions: what is called verified is what plain greedy decoding says.</summary>
[TestFixture]
internal sealed class ReasoningStageTests
{
    private const string Other = "put the blue cylinder in the right bin";

    private static PolicyBundle Bundle => SharedBundles.Loaded;

    /// <summary>The decoder has finished before the next frame comes: every phrase is at most one frame old.</summary>
    [TestCase(1, 0.05)]
    [TestCase(2, 0.3)]
    [TestCase(3, 1.0)]
    public void Infer_OverASequenceOfFrames_VerifiedPhraseIsWhatGreedyDecodingSays(int seed, double share)
    {
        using var run = new PolicyRun(Bundle, sceneSeed: seed);
        var counts = Follow(run, frames: 120, share, settle: true);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(counts.Verified, Is.GreaterThan(20));
            Assert.That(counts.Pending, Is.GreaterThan(5), "the scene calls for new phrases");
            Assert.That(counts.WronglyPending, Is.Zero, "a pending phrase is not what greedy decoding says");
            Assert.That(counts.PendingAgain, Is.Zero, "a phrase that was decoded from a frame holds for that frame");
        }
    }

    /// <summary>Frames come while the decoder still works: phrases lag, and say so.</summary>
    [Test]
    public void Infer_FasterThanTheDecoder_VerifiedPhraseIsStillWhatGreedyDecodingSays()
    {
        using var run = new PolicyRun(Bundle, sceneSeed: 4);
        run.InferAndSettle();
        var counts = Follow(run, frames: 200, share: 0.3, settle: false);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(counts.Verified + counts.Pending, Is.EqualTo(200));
            Assert.That(counts.WronglyPending, Is.Zero);
        }
    }

    [Test]
    public void Infer_SameFrameAgain_VerifiesThePhraseThatWasDecodedFromIt()
    {
        using var run = new PolicyRun(Bundle);
        run.InferAndSettle();
        run.Infer();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Trajectory.PhraseState, Is.EqualTo(PhraseState.Verified));
            Assert.That(run.Trajectory.Phrase!.ObservationSequence, Is.EqualTo(1));
            Assert.That(run.Trajectory.Phrase.Id, Is.EqualTo(1));
            Assert.That(run.Trajectory.Phrase.Instruction, Is.EqualTo(PolicyRun.Instruction));
            Assert.That(run.Trajectory.Phrase.Text, Is.Not.Empty);
        }
    }

    [Test]
    public void Infer_WithoutAnInstruction_AwaitsAPhrase()
    {
        using var run = new PolicyRun(Bundle, instruction: null);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.InferAndSettle(), Is.EqualTo(PolicyOutcome.AwaitingPhrase));
            Assert.That(run.Trajectory.Phrase, Is.Null);
            Assert.That(run.Policy.CurrentPhrase, Is.Null);
        }
    }

    [Test]
    public void Infer_FirstTickOfASession_GivesNoTrajectoryUntilTheFirstPhraseIsThere()
    {
        using var run = new PolicyRun(Bundle);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.InferAndSettle(), Is.EqualTo(PolicyOutcome.AwaitingPhrase));
            Assert.That(run.Trajectory.Fault.Stage, Is.EqualTo(PolicyStage.Film));
            Assert.That(run.Trajectory.PhraseState, Is.EqualTo(PhraseState.None));
            Assert.That(run.Trajectory.StageTimes.DiffusionNs, Is.Zero);
            Assert.That(run.Infer(), Is.EqualTo(PolicyOutcome.Ok));
        }
    }

    [Test]
    public void SetInstruction_DuringASession_TakesEffectTogetherWithItsPhrase()
    {
        using var run = new PolicyRun(Bundle);
        run.InferAndSettle();
        run.Policy.SetInstruction(Other);

        Assert.That(run.InferAndSettle(), Is.EqualTo(PolicyOutcome.Ok), "plans go on");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Trajectory.Phrase!.Instruction, Is.EqualTo(PolicyRun.Instruction));
            Assert.That(run.Trajectory.PhraseState, Is.EqualTo(PhraseState.Pending));
        }

        Assert.That(run.Infer(), Is.EqualTo(PolicyOutcome.Ok));
        using var greedy = Bundle.CreateGreedyDecoder("panda");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Trajectory.Phrase!.Instruction, Is.EqualTo(Other));
            Assert.That(run.Trajectory.PhraseState, Is.EqualTo(PhraseState.Verified));
            Assert.That(run.Trajectory.Phrase.Text, Is.EqualTo(greedy.Decode(Other, run.Last)));
        }
    }

    [Test]
    public void SetInstruction_SameWordsAgain_ChangesNothing()
    {
        using var run = new PolicyRun(Bundle);
        run.InferAndSettle();
        run.Policy.SetInstruction(PolicyRun.Instruction);
        run.Infer();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Trajectory.PhraseState, Is.EqualTo(PhraseState.Verified));
            Assert.That(run.Trajectory.Phrase!.Id, Is.EqualTo(1));
        }
    }

    [Test]
    public void SetInstruction_UnknownWords_AreNamedAndTheOldInstructionStays()
    {
        using var run = new PolicyRun(Bundle);
        run.InferAndSettle();
        var check = run.Policy.SetInstruction("juggle the red cube and the Torch");
        run.Infer();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(check.Outcome, Is.EqualTo(InstructionOutcome.UnknownWords));
            Assert.That(check.UnknownWords, Does.Contain("juggle").And.Contain("torch").And.Not.Contain("red"));
            Assert.That(check.Describe(), Does.Contain("juggle"));
            Assert.That(run.Trajectory.PhraseState, Is.EqualTo(PhraseState.Verified));
            Assert.That(run.Trajectory.Phrase!.Instruction, Is.EqualTo(PolicyRun.Instruction));
        }
    }

    [TestCase("", ExpectedResult = InstructionOutcome.Empty)]
    [TestCase("  \t", ExpectedResult = InstructionOutcome.Empty)]
    [TestCase("put the red cube in the left bin put the red cube in the left bin", ExpectedResult = InstructionOutcome.TooLong)]
    [TestCase(PolicyRun.Instruction, ExpectedResult = InstructionOutcome.Accepted)]
    public InstructionOutcome CheckInstruction_ByLength(string instruction) => Bundle.CheckInstruction(instruction).Outcome;

    [Test]
    public void Infer_ModelSaysNothing_KeepsAwaitingAPhrase()
    {
        using var silent = new PolicyRun(Bundle, WithEndToken(FirstWord()));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(silent.InferAndSettle(), Is.EqualTo(PolicyOutcome.AwaitingPhrase));
            Assert.That(silent.InferAndSettle(), Is.EqualTo(PolicyOutcome.AwaitingPhrase));
            Assert.That(silent.Policy.CurrentPhrase, Is.Null);
        }
    }

    [Test]
    public void Infer_ModelFallsSilent_KeepsTheLastPhraseAsPending()
    {
        // Ends where the first scene's phrase begins, so that the second scene speaks and the first is silent.
        using var run = new PolicyRun(Bundle, WithEndToken(FirstWord()), sceneSeed: SpeakingSeed());
        run.InferAndSettle();
        var spoken = run.Policy.CurrentPhrase;
        new Scene(Bundle, seed: 1).Frames.CopyTo(run.Scene.Frames, 0);
        var outcome = run.InferAndSettle();
        run.Infer();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(spoken, Is.Not.Null);
            Assert.That(outcome, Is.EqualTo(PolicyOutcome.Ok));
            Assert.That(run.Trajectory.Phrase, Is.SameAs(spoken));
            Assert.That(run.Trajectory.PhraseState, Is.EqualTo(PhraseState.Pending));
        }
    }

    [Test]
    public void Infer_ModelNeverEnds_CutsThePhraseAtItsGreatestLength()
    {
        using var run = new PolicyRun(Bundle, WithEndToken(int.MaxValue));
        run.InferAndSettle();
        run.Infer();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Trajectory.Outcome, Is.EqualTo(PolicyOutcome.Ok));
            Assert.That(run.Trajectory.Phrase!.Tokens, Has.Length.EqualTo(Bundle.Manifest.Prompt.MaxPhraseTokens));
            Assert.That(run.Trajectory.Phrase.IsEnded, Is.False);
            Assert.That(run.Trajectory.PhraseState, Is.EqualTo(PhraseState.Verified));
        }
    }

    [Test]
    public void Infer_PhraseChangesLate_KeepsTheTokensThatStillHold()
    {
        using var run = new PolicyRun(Bundle, sceneSeed: 1);
        var kept = 0;
        for (var frame = 0; frame < 120; frame++)
        {
            var before = run.Policy.CurrentPhrase;
            run.InferAndSettle();
            var after = run.Policy.CurrentPhrase!;
            if (before is null || ReferenceEquals(before, after)) run.Scene.Repaint(frame, 0.05);
            else
            {
                var common = before.Tokens.Zip(after.Tokens).TakeWhile(pair => pair.First == pair.Second).Count();
                Assert.That(after.DecodedTokens, Is.EqualTo(after.Tokens.Length - common));
                kept += common;
            }
        }
        Assert.That(kept, Is.Positive);
    }

    [Test]
    public void Infer_DecoderHasADefect_ThrowsItOnThePolicyThread()
    {
        using var run = new PolicyRun(Bundle, (embodiment, seed, clock) => Bundle.CreatePolicy(embodiment, seed, new DefectiveClock(clock)));
        // The decoder may fail before the inference that woke it has ended, or after.
        Assert.That(
            () =>
            {
                run.InferAndSettle();
                run.Infer();
            },
            Throws.InvalidOperationException.With.Message.EqualTo(DefectiveClock.Message));
        run.Policy.WaitForPhrase();
        Assert.That(run.Policy.CurrentPhrase, Is.Null);
    }

    private static Counts Follow(PolicyRun run, int frames, double share, bool settle)
    {
        using var greedy = Bundle.CreateGreedyDecoder("panda");
        var counts = default(Counts);
        for (var frame = 0; frame < frames; frame++)
        {
            // Every picture comes twice.
            if (frame % 2 == 0) run.Scene.Repaint(1000 + frame, share);
            if (settle) run.InferAndSettle();
            else run.Infer();
            if (run.Trajectory.Phrase is not { } phrase) continue;
            var isRight = phrase.Tokens.SequenceEqual(greedy.DecodeTokens(phrase.Said, run.Last));
            if (run.Trajectory.PhraseState == PhraseState.Verified)
            {
                Assert.That(isRight, Is.True, $"frame {frame}: '{phrase.Text}'");
                counts.Verified++;
            }
            else
            {
                counts.Pending++;
                if (isRight) counts.WronglyPending++;
                if (frame % 2 == 1) counts.PendingAgain++;
            }
        }
        return counts;
    }

    private static Func<string, ulong, TimeProvider, DiffusionVlaPolicy> WithEndToken(int token)
    {
        var special = Bundle.Manifest.SpecialTokens with { Eos = token };
        return (embodiment, seed, clock) =>
        {
            var parts = Bundle.PartsFor(embodiment);
            return new DiffusionVlaPolicy(parts with { Manifest = parts.Manifest with { SpecialTokens = special } }, seed, clock);
        };
    }

    private static int FirstWord(int sceneSeed = 1)
    {
        using var run = new PolicyRun(Bundle, WithEndToken(int.MaxValue), sceneSeed: sceneSeed);
        run.InferAndSettle();
        return run.Policy.CurrentPhrase!.Tokens[0];
    }

    private static int SpeakingSeed()
    {
        var silent = FirstWord();
        return Enumerable.Range(2, 50).First(seed => FirstWord(seed) != silent);
    }

    /// <summary>Tells everybody the time but the decoder.</summary>
    private sealed class DefectiveClock(TimeProvider clock) : TimeProvider
    {
        public const string Message = "the decoder has a defect";

        public override long TimestampFrequency => clock.TimestampFrequency;

        public override long GetTimestamp() =>
            Thread.CurrentThread.Name == "reasoning-decoder" ? throw new InvalidOperationException(Message) : clock.GetTimestamp();
    }

    private struct Counts
    {
        public int Verified;
        public int Pending;
        public int WronglyPending;
        public int PendingAgain;
    }
}
