using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Reasoning;

namespace DiVLA.Control.Policy.Tests.Reasoning.Pins;

/// <summary>What can be pinned, what not and why; and what a pin does to phrases. Over real sessions of random weights.</summary>
[TestFixture]
internal sealed class PinBoardTests
{
    private const string Whole = "target red cube at front left, put it in the left bin, now reaching";

    private static PolicyBundle Bundle => SharedBundles.Steerable;

    private static IEnumerable<TestCaseData> Refusals()
    {
        yield return Case("Nothing", new PinRequest(), PinOutcome.Malformed, "give");
        yield return Case("PhraseAndBin", new PinRequest { Phrase = Whole, Bin = "left" }, PinOutcome.Malformed, "give");
        yield return Case("VerbatimBin", new PinRequest { Bin = "left", IsVerbatim = true }, PinOutcome.Malformed, "verbatim");
        yield return Case("UnknownWordInObject", new PinRequest { Object = "red torch" }, PinOutcome.UnknownWords, "torch");
        yield return Case("UnknownWordInPhrase", new PinRequest { Phrase = Whole + " happily" }, PinOutcome.UnknownWords, "happily");
        yield return Case("ShortObject", new PinRequest { Object = "red" }, PinOutcome.WrongLength, "1 words, expected 2");
        yield return Case("LongBin", new PinRequest { Bin = "left bin" }, PinOutcome.WrongLength, "2 words, expected 1");
        yield return Case("ObjectOfNoKind", new PinRequest { Object = "left bin" }, PinOutcome.UnknownValue, "red cube, blue cube");
        yield return Case("ColouredBin", new PinRequest { Bin = "red" }, PinOutcome.UnknownValue, "left, right");
        yield return Case("LongPhrase", new PinRequest { Phrase = Whole + ", now carrying" }, PinOutcome.PhraseTooLong, "at most 16");
        yield return Case("PhraseWithoutSlots", new PinRequest { Phrase = "task done, now resting" }, PinOutcome.NoSuchSlot, "neither");
        yield return Case("PhraseOfAnUnknownObject", new PinRequest { Phrase = "target left bin at front" }, PinOutcome.UnknownValue, "left bin");

        static TestCaseData Case(string name, PinRequest request, PinOutcome outcome, string detail) =>
            new TestCaseData(request, outcome, detail).SetName($"Pin_{name}_IsRefused");
    }

    [TestCaseSource(nameof(Refusals))]
    public void Pin(PinRequest request, PinOutcome outcome, string detail)
    {
        using var run = new PolicyRun(Bundle);
        run.InferAndSettle();
        var check = run.Policy.Pin(request);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(check.Outcome, Is.EqualTo(outcome), check.Detail);
            Assert.That(check.Detail, Does.Contain(detail));
            Assert.That(run.Policy.CurrentPin, Is.Null);
        }
    }

    [Test]
    public void Pin_PolicyWithoutSlots_IsRefused()
    {
        using var run = new PolicyRun(SharedBundles.Loaded);
        run.InferAndSettle();
        Assert.That(run.Policy.Pin(new PinRequest { Bin = "left" }).Outcome, Is.EqualTo(PinOutcome.NoSlots));
    }

    [Test]
    public void Pin_SlotThatThePolicyLacks_IsRefused()
    {
        using var run = new PolicyRun(Bundle, With(manifest => manifest with { PhraseSlots = [manifest.PhraseSlots[0]] }));
        run.InferAndSettle();
        Assert.That(run.Policy.Pin(new PinRequest { Bin = "left" }).Outcome, Is.EqualTo(PinOutcome.NoSuchSlot));
    }

    [Test]
    public void Pin_ObjectBeforeTheFirstPicture_AsksForPatience()
    {
        using var run = new PolicyRun(Bundle);
        var before = run.Policy.Pin(new PinRequest { Object = "red cube" });
        run.InferAndSettle();
        var after = run.Policy.Pin(new PinRequest { Object = "red cube" });
        Assert.That((before.Outcome, after.Outcome, after.Pin!.Object), Is.EqualTo((PinOutcome.NothingSeen, PinOutcome.Accepted, PinnedObject.Seen)));
    }

    [Test]
    public void Pin_ObjectThatIsNotThere_IsRefusedAndABinIsNot()
    {
        using var run = new PolicyRun(Bundle, With(manifest => manifest, SharedBundles.SeesNothing));
        run.InferAndSettle();
        var absent = run.Policy.Pin(new PinRequest { Object = "red cube" });
        var bin = run.Policy.Pin(new PinRequest { Bin = "left" });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(absent.Outcome, Is.EqualTo(PinOutcome.NotInScene));
            Assert.That(absent.Detail, Does.Contain("red cube"));
            Assert.That((bin.Outcome, bin.Pin!.Object), Is.EqualTo((PinOutcome.Accepted, PinnedObject.None)));
        }
    }

    [Test]
    public void Pin_ObjectUnderAPolicyWithoutPresence_IsUnchecked()
    {
        using var run = new PolicyRun(SharedBundles.Loaded, With(manifest => manifest with { PhraseSlots = Bundle.Manifest.PhraseSlots }, null, SharedBundles.Loaded));
        Assert.That(run.Policy.Pin(new PinRequest { Object = "red cube" }).Pin!.Object, Is.EqualTo(PinnedObject.Unchecked));
    }

    [Test]
    public void Pin_AnotherObjectWhileOneIsHeld_IsRefused()
    {
        using var run = new PolicyRun(Bundle);
        run.InferAndSettle();
        run.Policy.Pin(new PinRequest { Object = "red cube" });
        run.InferAndSettle();
        run.Scene.State = run.Scene.State with { IsHolding = true };
        run.InferAndSettle();
        var other = run.Policy.Pin(new PinRequest { Object = "blue cube" });
        var same = run.Policy.Pin(new PinRequest { Object = "red cube", Bin = "right" });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(other.Outcome, Is.EqualTo(PinOutcome.HandIsFull));
            Assert.That(other.Detail, Does.Contain("holds the red cube").And.Contain("only a bin"));
            Assert.That((same.Outcome, same.Pin!.Object), Is.EqualTo((PinOutcome.Accepted, PinnedObject.InHand)));
            Assert.That(run.Policy.Pin(new PinRequest { Bin = "left" }).Outcome, Is.EqualTo(PinOutcome.Accepted));
        }
    }

    [Test]
    public void Pin_Object_OpensThePhraseAndNamesWhoAndWhy()
    {
        using var run = new PolicyRun(Bundle);
        run.InferAndSettle();
        var own = run.Policy.CurrentPhrase!;
        var pin = run.Policy.Pin(new PinRequest { Object = "Blue  Cylinder", Who = "anna", Why = "a test" }).Pin!;
        run.InferAndSettle();
        var pending = (run.Trajectory.PhraseState, run.Trajectory.Phrase);
        run.Infer();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(pending, Is.EqualTo((PhraseState.Pending, own)), "the old phrase steers until the new one is complete");
            Assert.That(run.Trajectory.PhraseState, Is.EqualTo(PhraseState.Verified));
            Assert.That(run.Trajectory.Phrase!.Text, Does.StartWith("target blue cylinder"));
            Assert.That(run.Trajectory.Phrase.Pin, Is.SameAs(pin).And.SameAs(run.Policy.CurrentPin));
            Assert.That((pin.Request.Object, pin.Request.Who, pin.Request.Why), Is.EqualTo(("blue cylinder", "anna", "a test")));
            Assert.That(own.Pin, Is.Null);
        }
    }

    [Test]
    public void Pin_OtherInstructionMeanwhile_StaysPinned()
    {
        using var run = new PolicyRun(Bundle);
        run.InferAndSettle();
        run.Policy.Pin(new PinRequest { Object = "blue cube" });
        run.Policy.SetInstruction("put the red cube in the right bin");
        run.InferAndSettle();
        run.Infer();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Trajectory.Phrase!.Instruction, Is.EqualTo("put the red cube in the right bin"));
            Assert.That(run.Trajectory.Phrase.Text, Does.StartWith("target blue cube"));
            Assert.That(run.Trajectory.PhraseState, Is.EqualTo(PhraseState.Verified));
        }
    }

    [Test]
    public void Pin_WholePhrase_HoldsItsObjectAndBinOnly()
    {
        using var run = new PolicyRun(Bundle);
        run.InferAndSettle();
        var pin = run.Policy.Pin(new PinRequest { Phrase = Whole }).Pin!;
        run.InferAndSettle();
        run.Infer();
        using (Assert.EnterMultipleScope())
        {
            Assert.That((pin.Request.Phrase, pin.Request.Object, pin.Request.Bin), Is.EqualTo((Whole, "red cube", "left")));
            Assert.That(run.Trajectory.Phrase!.Text, Does.StartWith("target red cube").And.Not.EqualTo(Whole), "random weights say something else of place and phase");
            Assert.That(run.Trajectory.PhraseState, Is.EqualTo(PhraseState.Verified));
        }
    }

    [Test]
    public void Pin_Verbatim_HoldsEveryWordOverChangingPictures()
    {
        using var run = new PolicyRun(Bundle);
        run.InferAndSettle();
        run.Policy.Pin(new PinRequest { Phrase = Whole, IsVerbatim = true });
        run.InferAndSettle();
        for (var frame = 0; frame < 20; frame++)
        {
            run.Scene.Repaint(frame, 0.5);
            run.InferAndSettle();
            Assert.That((run.Trajectory.PhraseState, run.Trajectory.Phrase!.Text), Is.EqualTo((PhraseState.Pinned, Whole)));
        }
        Assert.That(run.Trajectory.Phrase!.Id, Is.EqualTo(2), "there was nothing to decode anew");
    }

    [Test]
    public void Pin_WhatThePolicySaysAnyway_IsRecordedAsPinned()
    {
        using var run = new PolicyRun(Bundle);
        run.InferAndSettle();
        run.Policy.Pin(new PinRequest { Object = "red cube" });
        run.InferAndSettle();
        run.InferAndSettle();
        var before = run.Trajectory.Phrase!;
        var pin = run.Policy.Pin(new PinRequest { Object = "red cube", Who = "ben" }).Pin;
        run.InferAndSettle();
        var meanwhile = run.Trajectory.PhraseState;
        run.Infer();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(meanwhile, Is.EqualTo(PhraseState.Verified), "its words hold");
            Assert.That(run.Trajectory.Phrase!.Text, Is.EqualTo(before.Text));
            Assert.That(run.Trajectory.Phrase.Pin, Is.SameAs(pin));
            Assert.That(run.Trajectory.Phrase.DecodedTokens, Is.Zero);
        }
    }

    [Test]
    public void ReleasePin_PolicySpeaksForItselfAgain()
    {
        using var run = new PolicyRun(Bundle);
        run.InferAndSettle();
        var own = run.Policy.CurrentPhrase!.Text;
        var pin = run.Policy.Pin(new PinRequest { Object = "blue cube" }).Pin;
        run.InferAndSettle();
        var pinned = run.Policy.CurrentPhrase!.Text;
        var released = run.Policy.ReleasePin();
        run.InferAndSettle();
        run.Infer();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(pinned, Is.Not.EqualTo(own));
            Assert.That(released, Is.SameAs(pin));
            Assert.That((run.Trajectory.Phrase!.Text, run.Trajectory.Phrase.Pin, run.Trajectory.PhraseState), Is.EqualTo((own, (PhrasePin?)null, PhraseState.Verified)));
            Assert.That(run.Policy.ReleasePin(), Is.Null);
        }
    }

    [Test]
    public void Infer_UnderAPin_AllocatesNothing()
    {
        using var run = new PolicyRun(Bundle);
        run.InferAndSettle();
        run.Policy.Pin(new PinRequest { Object = "red cube", Bin = "left" });
        run.InferAndSettle();
        run.Infer();
        var (state, frames) = (run.Scene.State, run.Scene.Frames);
        long allocated = 0;
        for (var tick = 0; tick < 200; tick++)
        {
            var observation = new Observation { Sequence = (ulong)tick + 9, CapturedAt = run.Trajectory.ObservedAt + 1, Frames = frames, State = state };
            var before = GC.GetAllocatedBytesForCurrentThread();
            run.Policy.InferFromPolicyThread(observation, run.Trajectory);
            if (tick >= 100) allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Assert.That((run.Trajectory.PhraseState, allocated), Is.EqualTo((PhraseState.Verified, 0L)));
    }

    private static Func<string, ulong, TimeProvider, DiffusionVlaPolicy> With(
        Func<PolicyManifest, PolicyManifest> change, SceneOptions? scene = null, PolicyBundle? bundle = null) => (embodiment, seed, clock) =>
    {
        var parts = (bundle ?? Bundle).PartsFor(embodiment);
        return new DiffusionVlaPolicy(
            parts with { Manifest = change(parts.Manifest), Options = parts.Options with { Scene = scene ?? parts.Options.Scene } }, seed, clock);
    };
}
