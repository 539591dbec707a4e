using DiVLA.Control.Policy.Ablation;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Decode;
using DiVLA.Control.Policy.Reasoning;

namespace DiVLA.Control.Policy.Tests.Ablation;

/// <summary>Every ablation takes away what it says, and nothing else: same phrases where only the head is cut off, same bits where nothing is.</summary>
[TestFixture]
internal sealed class AppliedAblationTests
{
    private const string Other = "put the blue cylinder in the right bin";

    private static PolicyBundle Bundle => SharedBundles.Steerable;

    private static float[] Zeros => new float[Bundle.Manifest.Decoder.HiddenSize];

    [Test]
    public void NoReasoning_IsReadingZeros_AndLeavesThePhrase()
    {
        var (whole, cut, zeros) = (Play(null), Play(new NoReasoning()), Play(new ShuffledReasoning([new ReasoningTrace([Zeros], 1)])));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(cut.Samples, Is.Not.EqualTo(whole.Samples));
            Assert.That(cut.Samples, Is.EqualTo(zeros.Samples));
            Assert.That(cut.Phrase, Is.EqualTo(whole.Phrase));
        }
    }

    [Test]
    public void NoReasoning_OtherPhrase_MovesNothing()
    {
        var (red, blue) = (new PinRequest { Object = "red cube" }, new PinRequest { Object = "blue cylinder" });
        var (cutRed, cutBlue) = (Play(new NoReasoning(), pin: red), Play(new NoReasoning(), pin: blue));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(cutBlue.Phrase, Is.Not.EqualTo(cutRed.Phrase));
            Assert.That(cutBlue.Samples, Is.EqualTo(cutRed.Samples));
            Assert.That(Play(null, pin: blue).Samples, Is.Not.EqualTo(Play(null, pin: red).Samples), "with the phrase it would");
        }
    }

    [Test]
    public void ShuffledReasoning_ByTheOwnPhrase_ChangesNoBit()
    {
        using var run = new PolicyRun(Bundle);
        run.InferAndSettle();
        using var greedy = Bundle.CreateGreedyDecoder("panda");
        var own = greedy.DecodeMean(PolicyRun.Instruction, run.Last);
        Assert.That(Play(new ShuffledReasoning([new ReasoningTrace([own], 1)])).Samples, Is.EqualTo(Play(null).Samples));
    }

    [Test]
    public void ShuffledReasoning_GoesThroughADonorsMeans_AndKeepsTheLast()
    {
        var trace = new ReasoningTrace([Filled(1), Filled(2)], InferencesPerMean: 2);
        var applied = Apply(new ShuffledReasoning([new ReasoningTrace([Filled(9)], 1), trace]), seed: 1);
        var read = new List<float>();
        for (var inference = 0; inference < 6; inference++)
        {
            var (prompt, reasoning) = (Filled(5), Filled(6));
            applied.AlterMeans(prompt, reasoning);
            Assert.That(prompt, Is.All.EqualTo(5f));
            Assert.That(reasoning, Is.All.EqualTo(reasoning[0]));
            read.Add(reasoning[0]);
        }
        Assert.That(read, Is.EqualTo(new float[] { 1, 1, 2, 2, 2, 2 }));
    }

    [Test]
    public void NoPrompt_ZeroesThePromptsMeanAlone_AndLeavesThePhrase()
    {
        var (prompt, reasoning) = (Filled(5), Filled(6));
        Apply(new NoPrompt()).AlterMeans(prompt, reasoning);
        var (whole, cut) = (Play(null), Play(new NoPrompt()));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(prompt, Is.All.Zero);
            Assert.That(reasoning, Is.All.EqualTo(6f));
            Assert.That(cut.Samples, Is.Not.EqualTo(whole.Samples));
            Assert.That(cut.Phrase, Is.EqualTo(whole.Phrase));
        }
    }

    [TestCase("front", 0)]
    [TestCase("wrist", 1)]
    public void BlankCameras_OneCamera_HidesItsPictureAndNoOther(string camera, int index)
    {
        var blank = new BlankCameras([camera]);
        var seen = Play(blank);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Play(blank, repaint: index).Samples, Is.EqualTo(seen.Samples), "what it shows does not matter");
            Assert.That(Play(blank, repaint: 1 - index).Samples, Is.Not.EqualTo(seen.Samples), "what the other one shows does");
            Assert.That(seen.Samples, Is.Not.EqualTo(Play(null).Samples));
        }
    }

    [Test]
    public void BlankCameras_Both_IsSeeingGreyInBoth()
    {
        var grey = Play(null, paint: frames => Array.ConvertAll(frames, frame => frame with { Data = Grey(frame.Data.Length) }));
        var blank = Play(new BlankCameras(["front", "wrist"]));
        Assert.That((blank.Phrase, blank.Samples), Is.EqualTo((grey.Phrase, grey.Samples)));
    }

    [Test]
    public void ShuffledInstruction_IsBeingToldSomethingElse_UnderTheOwnText()
    {
        var shuffled = Play(new ShuffledInstruction([PolicyRun.Instruction, Other]));
        var told = Play(null, instruction: Other);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(shuffled.Samples, Is.EqualTo(told.Samples));
            Assert.That(shuffled.Phrase, Is.EqualTo(told.Phrase));
            Assert.That(shuffled.Instruction, Is.EqualTo(PolicyRun.Instruction));
            Assert.That(shuffled.Samples, Is.Not.EqualTo(Play(null).Samples));
        }
    }

    [Test]
    public void Infer_UnderAnAblation_AllocatesNothing()
    {
        using var run = new PolicyRun(Bundle, With(new ShuffledReasoning([new ReasoningTrace([Zeros, Zeros], 3)])));
        run.InferAndSettle();
        var (state, frames) = (run.Scene.State, run.Scene.Frames);
        long allocated = 0;
        for (var tick = 0; tick < 100; tick++)
        {
            var observation = new Observation { Sequence = (ulong)tick + 9, CapturedAt = run.Trajectory.ObservedAt + 1, Frames = frames, State = state };
            var before = GC.GetAllocatedBytesForCurrentThread();
            run.Policy.InferFromPolicyThread(observation, run.Trajectory);
            if (tick >= 50) allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Assert.That(allocated, Is.Zero);
    }

    private static IEnumerable<PolicyAblation> Unfit()
    {
        yield return new BlankCameras(["back"]);
        yield return new ShuffledInstruction(["juggle the torch"]);
        yield return new ShuffledReasoning([]);
        yield return new ShuffledReasoning([new ReasoningTrace([], 1)]);
        yield return new ShuffledReasoning([new ReasoningTrace([new float[3]], 1)]);
    }

    [TestCaseSource(nameof(Unfit))]
    public void Ablation_ThatDoesNotFitThePolicy_IsRefused(PolicyAblation ablation)
    {
        Assert.Throws<ArgumentException>(() => Apply(ablation));
    }

    private static AppliedAblation Apply(PolicyAblation ablation, ulong seed = 0)
    {
        var parts = Bundle.PartsFor("panda");
        return new AppliedAblation(ablation, parts.Manifest, parts.Prompt, seed);
    }

    private static float[] Filled(float value) => [.. Enumerable.Repeat(value, Bundle.Manifest.Decoder.HiddenSize)];

    private static byte[] Grey(int length) => [.. Enumerable.Repeat((byte)128, length)];

    private static Played Play(
        PolicyAblation? ablation,
        PinRequest? pin = null,
        int? repaint = null,
        Func<CameraFrame[], CameraFrame[]>? paint = null,
        string instruction = PolicyRun.Instruction)
    {
        using var run = new PolicyRun(Bundle, With(ablation), instruction: instruction);
        if (repaint is { } camera) run.Scene.Frames[camera] = Scene.RandomFrame(Bundle.Manifest.Cameras[camera], seed: 77);
        if (paint is not null) paint(run.Scene.Frames).CopyTo(run.Scene.Frames, 0);
        run.InferAndSettle();
        if (pin is not null) Assert.That(run.Policy.Pin(pin).Outcome, Is.EqualTo(PinOutcome.Accepted));
        run.InferAndSettle();
        Assert.That(run.Infer(), Is.EqualTo(PolicyOutcome.Ok));
        return new Played(run.Samples(), run.Trajectory.Phrase!.Text, run.Trajectory.Phrase.Instruction);
    }

    private static Func<string, ulong, TimeProvider, DiffusionVlaPolicy> With(PolicyAblation? ablation) => (embodiment, seed, clock) =>
    {
        var parts = Bundle.PartsFor(embodiment);
        return new DiffusionVlaPolicy(parts with { Options = parts.Options with { Ablation = ablation } }, seed, clock);
    };

    private sealed record Played(double[] Samples, string Phrase, string Instruction);
}
