using DiVLA.Control.TestSupport;

namespace DiVLA.Control.ModelBuilder.Tests.Graphs;

[TestFixture(Shape.Default)]
[TestFixture(Shape.Odd)]
public sealed class ReasoningGraphTests(Shape shape)
{
    // What a slot holds before its step must not matter.
    private const float Rubbish = 1e4f;

    private RandomBundle _bundle;
    private GraphSession _backbone;
    private GraphSession _reasoning;
    private PolicyInputs _inputs;

    [OneTimeSetUp]
    public void Build()
    {
        _bundle = RandomBundle.Of(shape);
        _backbone = _bundle.Session(_bundle.Manifest.Graphs.Backbone);
        _reasoning = _bundle.Session(_bundle.Manifest.Graphs.Reasoning);
        for (var layer = 0; layer < _bundle.Config.NumHiddenLayers; layer++)
        {
            _reasoning.Share($"present_keys.{layer}", $"past_keys.{layer}");
            _reasoning.Share($"present_values.{layer}", $"past_values.{layer}");
        }
        _inputs = PolicyInputs.Random(_bundle.Config, 21, _bundle.Config.Prompt.MaxPhraseTokens);
        RunBackbone();
    }

    [OneTimeTearDown]
    public void Clean()
    {
        _reasoning.Dispose();
        _backbone.Dispose();
        _bundle.Dispose();
    }

    [TestCase(0)]
    [TestCase(3)]
    public void Reasoning_ContinuedFromTheBackbonesCache_EqualsTheBackbonesOwnPhrase(int first)
    {
        LoadCache(_bundle.Config.PromptLength + first);
        var width = _bundle.Config.HiddenSize;
        var expected = _backbone.Buffer<float>("phrase_hidden").ToArray();
        for (var j = first; j < _bundle.Config.Prompt.MaxPhraseTokens; j++)
        {
            _reasoning.Set<long>("token", [_inputs.DraftTokens[j]]);
            _reasoning.Set<long>("position", [_bundle.Config.PromptLength + j]);
            _reasoning.Run();

            Difference.Check($"hidden of token {j}", _reasoning.Buffer<float>("hidden"), Doubles(expected.AsSpan(j * width, width)));
            Assert.That(_reasoning.Buffer<long>("next_token")[0], Is.EqualTo(_backbone.Buffer<long>("draft_argmax")[j + 1]));
        }
        for (var layer = 0; layer < _bundle.Config.NumHiddenLayers; layer++)
        {
            Difference.Check($"keys.{layer}", _reasoning.Buffer<float>($"past_keys.{layer}"), Doubles(_backbone.Buffer<float>($"keys.{layer}")));
            Difference.Check($"values.{layer}", _reasoning.Buffer<float>($"past_values.{layer}"), Doubles(_backbone.Buffer<float>($"values.{layer}")));
        }
    }

    [Test]
    public void Reasoning_AfterOneStep_HasWrittenItsOwnSlotOnly()
    {
        var position = _bundle.Config.PromptLength + 2;
        LoadCache(position);
        var before = _reasoning.Buffer<float>("past_values.0").ToArray();
        _reasoning.Set<long>("token", [_inputs.DraftTokens[2]]);
        _reasoning.Set<long>("position", [position]);
        _reasoning.Run();

        var after = _reasoning.Buffer<float>("past_values.0").ToArray();
        var (size, length) = (_bundle.Config.HeadDim, _bundle.Config.CacheLength);
        var changed = Enumerable.Range(0, after.Length).Where(i => after[i] != before[i]).Select(i => i / size % length).Distinct();
        Assert.That(changed, Is.EqualTo(new[] { position }));
    }

    private void RunBackbone()
    {
        _backbone.Set<byte>("frames", _inputs.Frames);
        _backbone.Set<long>("instruction_tokens", _inputs.InstructionTokens);
        _backbone.Set<float>("state", _inputs.State);
        _backbone.Set<long>("draft_tokens", _inputs.DraftTokens);
        _backbone.Set<long>("draft_length", _inputs.DraftLength);
        _backbone.Run();
    }

    private void LoadCache(int positions)
    {
        for (var layer = 0; layer < _bundle.Config.NumHiddenLayers; layer++)
        {
            Load($"keys.{layer}", $"past_keys.{layer}", positions);
            Load($"values.{layer}", $"past_values.{layer}", positions);
        }
    }

    private void Load(string from, string to, int positions)
    {
        var (size, length) = (_bundle.Config.HeadDim, _bundle.Config.CacheLength);
        _reasoning.Buffer<float>(to).Fill(Rubbish);
        for (var head = 0; head < _bundle.Config.NumKeyValueHeads; head++)
            _backbone.Buffer<float>(from).Slice(head * length * size, positions * size).CopyTo(_reasoning.Buffer<float>(to)[(head * length * size)..]);
    }

    private static double[] Doubles(ReadOnlySpan<float> values) => Array.ConvertAll(values.ToArray(), value => (double)value);
}
