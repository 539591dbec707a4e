using DiVLA.Control.Policy.Ablation;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Onnx;
using DiVLA.Control.Policy.Onnx.Devices;
using DiVLA.Control.Policy.Reasoning;

namespace DiVLA.Control.Policy.Tests.Onnx;

/// <summary>Tensors in a memory of their own, as on a GPU; the graphs run on the CPU, which can read that memory.</summary>
[TestFixture]
internal sealed class DeviceTensorTests
{
    private MirroredMemory _memory;
    private PolicyBundle _bundle;

    [OneTimeSetUp]
    public void Load()
    {
        _memory = new MirroredMemory();
        _bundle = PolicyBundle.Load(SharedBundles.SteerableDirectory, Options);
    }

    [OneTimeTearDown]
    public void Free() => _bundle.Dispose();

    private PolicyOptions Options => SharedBundles.Lenient with { Scene = SharedBundles.SeesEverything, Onnx = new OnnxOptions { SubstituteDevice = _memory } };

    [Test]
    public void Infer_TensorsOnADevice_GivesTheBitsOfTheHost([Values] NoiseDraw noise)
    {
        using var bundle = PolicyBundle.Load(SharedBundles.SteerableDirectory, Options with { Noise = noise });
        using var reference = PolicyBundle.Load(SharedBundles.SteerableDirectory, Options with { Noise = noise, Onnx = new OnnxOptions() });
        using var onDevice = new PolicyRun(bundle);
        using var onHost = new PolicyRun(reference);
        for (var tick = 0; tick < 8; tick++)
        {
            Assert.That(onDevice.InferAndSettle(), Is.EqualTo(onHost.InferAndSettle()));
            Assert.That(onDevice.Policy.CurrentPhrase?.Text, Is.EqualTo(onHost.Policy.CurrentPhrase?.Text));
            Assert.That(onDevice.Trajectory.PhraseState, Is.EqualTo(onHost.Trajectory.PhraseState));
            Assert.That(onDevice.Samples(), Is.EqualTo(onHost.Samples()));
        }
        Assert.That(onDevice.Trajectory.Outcome, Is.EqualTo(PolicyOutcome.Ok), "the last inferences gave trajectories to compare");
    }

    [Test]
    public void Infer_OtherInstructionAndPin_GivesTheBitsOfTheHost()
    {
        using var onDevice = new PolicyRun(_bundle);
        using var onHost = new PolicyRun(SharedBundles.Steerable);
        foreach (var run in new[] { onDevice, onHost })
        {
            run.InferAndSettle();
            run.Policy.SetInstruction("put the blue ball in the right bin");
            run.InferAndSettle();
            Assert.That(run.Policy.Pin(new PinRequest { Bin = "left" }).Outcome, Is.EqualTo(PinOutcome.Accepted));
            for (var tick = 0; tick < 4; tick++) run.InferAndSettle();
        }
        Assert.That(onDevice.Policy.CurrentPhrase!.Text, Is.EqualTo(onHost.Policy.CurrentPhrase!.Text));
        Assert.That(onDevice.Samples(), Is.EqualTo(onHost.Samples()));
    }

    [Test]
    public void Infer_Ablated_GivesTheBitsOfTheHost()
    {
        var ablated = Options with { Ablation = new NoReasoning() };
        using var bundle = PolicyBundle.Load(SharedBundles.SteerableDirectory, ablated);
        using var reference = PolicyBundle.Load(SharedBundles.SteerableDirectory, ablated with { Onnx = new OnnxOptions() });
        using var onDevice = new PolicyRun(bundle);
        using var onHost = new PolicyRun(reference);
        foreach (var run in new[] { onDevice, onHost })
            for (var tick = 0; tick < 3; tick++) run.InferAndSettle();
        Assert.That(onDevice.Samples(), Is.EqualTo(onHost.Samples()));
    }

    [Test]
    public void Infer_AfterWarmUp_AllocatesNothing()
    {
        using var run = new PolicyRun(_bundle);
        for (var tick = 0; tick < 20; tick++) run.InferAndSettle();
        var observation = run.Last;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var tick = 0; tick < 50; tick++) run.Policy.InferFromPolicyThread(observation, run.Trajectory);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public void Dispose_Policy_FreesAllMemoryOfTheDevice()
    {
        var before = _memory.Blocks;
        using (var run = new PolicyRun(_bundle))
        {
            run.InferAndSettle();
            Assert.That(_memory.Blocks, Is.GreaterThan(before));
        }
        Assert.That(_memory.Blocks, Is.EqualTo(before));
    }

    [Test]
    public void Step_TokenThatTheGraphSaid_IsNotBroughtThereAgain()
    {
        var manifest = _bundle.Manifest;
        using var graph = new OnnxGraph(Path.Combine(SharedBundles.SteerableDirectory, manifest.Graphs.Reasoning.File), manifest.Graphs.Reasoning.SessionOptions, Options.Onnx);
        using var cache = new KeyValueCache(manifest.Decoder, _memory);
        using var decoder = new TokenDecoder(graph, manifest, cache);
        var said = decoder.Step(manifest.SpecialTokens.Eos, manifest.PromptLength);
        var before = _memory.Uploads;
        said = decoder.Step(said, manifest.PromptLength + 1);
        Assert.That(_memory.Uploads - before, Is.EqualTo(1), "only the position");
        decoder.Step(said + 1, manifest.PromptLength + 2);
        Assert.That(_memory.Uploads - before, Is.EqualTo(3), "position and another token");
    }

    [Test]
    public void Step_TokenThatTheGraphSaid_GivesWhatATokenOfTheHostGives()
    {
        var manifest = _bundle.Manifest;
        using var graph = new OnnxGraph(Path.Combine(SharedBundles.SteerableDirectory, manifest.Graphs.Reasoning.File), manifest.Graphs.Reasoning.SessionOptions, Options.Onnx);
        Assert.That(Decode(graph, manifest, resay: true), Is.EqualTo(Decode(graph, manifest, resay: false)));
    }

    [Test]
    public void Runner_TensorOnTheHost_CannotBeBoundToAGraphOnADevice()
    {
        var graph = _bundle.Manifest.Embodiments[0].Graph;
        using var session = new OnnxGraph(Path.Combine(SharedBundles.SteerableDirectory, graph.File), graph.SessionOptions, Options.Onnx);
        using var latent = new GraphTensor<float>(1, 16, 7);
        Assert.That(() => new GraphRunner(session, [("latent", latent)], []), Throws.InvalidOperationException);
    }

    [Test]
    public void Gate_WhileAGraphIsLoaded_LetsRunsThroughAndHoldsRecordingsBack()
    {
        var gate = new RecordingGate();
        using var recorded = new ManualResetEventSlim();
        var loading = gate.Enter(DeviceUse.Load);
        var recording = Task.Run(() =>
        {
            using var turn = gate.Enter(DeviceUse.Record);
            recorded.Set();
        });
        var run = Task.Run(() => gate.Enter(DeviceUse.Run).Dispose());
        Assert.That(run.Wait(TimeSpan.FromSeconds(30)), Is.True);
        Assert.That(recorded.IsSet, Is.False);
        loading.Dispose();
        Assert.That(recording.Wait(TimeSpan.FromSeconds(30)), Is.True);
    }

    // A greedy phrase: hidden states of every step. Said again: a token of the host's own, even where the graph's lies there already.
    private float[] Decode(OnnxGraph graph, PolicyManifest manifest, bool resay)
    {
        var hidden = new List<float>();
        using var cache = new KeyValueCache(manifest.Decoder, _memory);
        var decoder = new TokenDecoder(graph, manifest, cache);
        var token = manifest.SpecialTokens.Eos;
        for (var step = 0; step < 5; step++)
        {
            token = decoder.Step(token, manifest.PromptLength + step);
            hidden.AddRange(decoder.Hidden.Span);
            if (!resay) continue;
            decoder.Dispose();
            decoder = new TokenDecoder(graph, manifest, cache);
        }
        decoder.Dispose();
        return [.. hidden];
    }
}
