using DiVLA.Control.ModelBuilder.Tests.Reference;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.ModelBuilder.Tests.Graphs;

[TestFixture(Shape.Default)]
[TestFixture(Shape.Odd)]
public sealed class BackboneGraphTests(Shape shape)
{
    private RandomBundle _bundle;
    private GraphSession _session;

    [OneTimeSetUp]
    public void Build()
    {
        _bundle = RandomBundle.Of(shape);
        _session = _bundle.Session(_bundle.Manifest.Graphs.Backbone);
    }

    [OneTimeTearDown]
    public void Clean()
    {
        _session.Dispose();
        _bundle.Dispose();
    }

    [TestCase(0)]
    [TestCase(5)]
    [TestCase(12)]
    public void Backbone_RandomWeights_EqualsReference(int draftLength)
    {
        var inputs = PolicyInputs.Random(_bundle.Config, 11 + draftLength, draftLength);
        var expected = new ReferenceBackbone(_bundle.Config, _bundle.Weights(), inputs);
        Run(inputs);

        Difference.Check("prompt_mean", _session.Buffer<float>("prompt_mean"), expected.PromptMean);
        Difference.Check("reasoning_mean", _session.Buffer<float>("reasoning_mean"), expected.ReasoningMean);
        Difference.Check("phrase_hidden", _session.Buffer<float>("phrase_hidden"), [.. expected.PhraseHidden.SelectMany(row => row)]);
        Assert.That(_session.Buffer<long>("draft_argmax").ToArray(), Is.EqualTo(expected.DraftArgMax));
        for (var layer = 0; layer < _bundle.Config.NumHiddenLayers; layer++)
        {
            Difference.Check($"keys.{layer}", _session.Buffer<float>($"keys.{layer}"), expected.Keys(_bundle.Config, layer));
            Difference.Check($"values.{layer}", _session.Buffer<float>($"values.{layer}"), expected.Values(_bundle.Config, layer));
        }
    }

    [TestCase(1)]
    [TestCase(2)]
    public void Presence_RandomWeights_EqualsReference(int seed)
    {
        if (_bundle.Config.Scene is null)
        {
            Assert.That(_bundle.Manifest.Graphs.Backbone.Outputs.Select(output => output.Name), Has.None.EqualTo("presence"));
            return;
        }
        var inputs = PolicyInputs.Random(_bundle.Config, seed, 3);
        Run(inputs);
        var expected = new ReferenceBackbone(_bundle.Config, _bundle.Weights(), inputs).Presence;
        Difference.Check("presence", _session.Buffer<float>("presence"), expected);
        Assert.That(expected, Is.All.InRange(0, 1));
        Assert.That(expected.Distinct().Count(), Is.EqualTo(_bundle.Config.Scene.Kinds.Length), "no two rows are alike");
    }

    [Test]
    public void ReasoningMean_EmptyDraft_IsZero()
    {
        Run(PolicyInputs.Random(_bundle.Config, 3, 0));
        Assert.That(_session.Buffer<float>("reasoning_mean").ToArray(), Is.All.Zero);
    }

    [Test]
    public void Backbone_OtherTokensBehindTheDraft_ChangeNothingBeforeThem()
    {
        const int length = 4;
        var inputs = PolicyInputs.Random(_bundle.Config, 5, length);
        Run(inputs);
        var (prompt, reasoning) = (_session.Buffer<float>("prompt_mean").ToArray(), _session.Buffer<float>("reasoning_mean").ToArray());
        var tokens = _session.Buffer<long>("draft_argmax")[..(length + 1)].ToArray();
        var tail = _session.Buffer<float>("phrase_hidden")[^1];

        long[] changed = [.. inputs.DraftTokens[..length], .. inputs.DraftTokens[length..].Select(_ => 9L)];
        Run(inputs with { DraftTokens = changed });

        Assert.That(_session.Buffer<float>("prompt_mean").ToArray(), Is.EqualTo(prompt));
        Assert.That(_session.Buffer<float>("reasoning_mean").ToArray(), Is.EqualTo(reasoning));
        Assert.That(_session.Buffer<long>("draft_argmax")[..(length + 1)].ToArray(), Is.EqualTo(tokens));
        Assert.That(_session.Buffer<float>("phrase_hidden")[^1], Is.Not.EqualTo(tail), "the change must be seen where it is");
    }

    private void Run(PolicyInputs inputs)
    {
        _session.Set<byte>("frames", inputs.Frames);
        _session.Set<long>("instruction_tokens", inputs.InstructionTokens);
        _session.Set<float>("state", inputs.State);
        _session.Set<long>("draft_tokens", inputs.DraftTokens);
        _session.Set<long>("draft_length", inputs.DraftLength);
        _session.Run();
    }
}
