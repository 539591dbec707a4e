using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.ModelBuilder.Tests.Golden;

/// <summary>The backbone against the original, from the resized pictures to the phrase.</summary>
[Category("Golden")]
[TestFixtureSource(typeof(GoldenFolder), nameof(GoldenFolder.AllCases))]
public sealed class BackboneGoldenTests(GoldenCase golden)
{
    private const string Hidden = "/norm/SkipSimplifiedLayerNormalization/output";
    private const string Logits = "/lm_head/Gemm/output";

    private GoldenBackbone _backbone;
    private SafetensorsFile _expected;

    [OneTimeSetUp]
    public void Build()
    {
        _backbone = new GoldenBackbone(golden);
        _expected = SafetensorsFile.Open(golden.ExpectedPath);
    }

    [OneTimeTearDown]
    public void Clean()
    {
        _expected.Dispose();
        _backbone.Dispose();
    }

    [Test]
    public void Prompt_FromChatTemplateAndTokenizer_IsTheOriginals()
    {
        Assert.That(_backbone.Prompt, Is.EqualTo(_expected.Integers("input_ids")));
        Assert.That(_backbone.Prompt, Has.Length.EqualTo(golden.PromptTokens));
    }

    [Test]
    public void Pictures_OfTheCamerasSizes_HaveTheOriginalsGrids()
    {
        var grids = _backbone.Parts.Grids.SelectMany(grid => new long[] { 1, grid.PatchRows, grid.PatchColumns });
        Assert.That(grids, Is.EqualTo(_expected.Integers("image_grid_thw")));
        for (var camera = 0; camera < golden.Cameras.Count; camera++)
            Assert.That(_expected.Entry($"resized{camera}").Shape, Is.EqualTo(new long[] { _backbone.Parts.Grids[camera].Height, _backbone.Parts.Grids[camera].Width, 3 }));
    }

    [Test]
    public void Positions_OfEveryPlace_AreTheOriginals()
    {
        var positions = _backbone.Parts.Layout.Positions.Take(golden.PromptTokens).ToArray();
        long[] axes = [.. positions.Select(position => (long)position.Time), .. positions.Select(position => (long)position.Row), .. positions.Select(position => (long)position.Column)];
        Assert.That(axes, Is.EqualTo(_expected.Integers("position_ids")));
        Assert.That(_backbone.Parts.Layout.RopeDelta, Is.EqualTo(_expected.Integers("rope_delta")[0]));
    }

    [Test]
    public void Backbone_Prompt_EqualsTheOriginal()
    {
        using var session = OpenBackbone();
        _backbone.SetInputs(session, _expected, []);
        session.Run();

        CheckVision(session);
        var width = _backbone.Parts.Decoder.HiddenSize;
        RelativeDifference.Check("prompt_hidden", session.Buffer<float>(Hidden)[..(golden.PromptTokens * width)], _expected.Floats("prompt_hidden"));
        RelativeDifference.Check("prompt_hidden_mean", session.Buffer<float>("prompt_mean"), _expected.Floats("prompt_hidden_mean"));
        RelativeDifference.Check("prompt_last_logits", session.Buffer<float>(Logits)[.._backbone.Parts.Decoder.VocabSize], _expected.Floats("prompt_last_logits"));
        Assert.That(session.Buffer<long>("draft_argmax")[0], Is.EqualTo(Generated[0]));
        Assert.That(session.Buffer<float>("reasoning_mean").ToArray(), Is.All.Zero);
    }

    [Test]
    public void Backbone_PhraseAsDraft_EqualsTheOriginal()
    {
        using var session = OpenBackbone();
        _backbone.SetInputs(session, _expected, Phrase);
        session.Run();

        var (width, vocabulary) = (_backbone.Parts.Decoder.HiddenSize, _backbone.Parts.Decoder.VocabSize);
        RelativeDifference.Check("prompt_hidden_mean", session.Buffer<float>("prompt_mean"), _expected.Floats("prompt_hidden_mean"));
        RelativeDifference.Check("generated_logits", session.Buffer<float>(Logits)[..(Generated.Length * vocabulary)], _expected.Floats("generated_logits"));
        Assert.That(session.Buffer<long>("draft_argmax")[..Generated.Length].ToArray(), Is.EqualTo(Generated));
        if (Phrase.Length == 0) return;
        RelativeDifference.Check("reasoning_hidden", session.Buffer<float>("phrase_hidden")[..(Phrase.Length * width)], _expected.Floats("reasoning_hidden"));
        RelativeDifference.Check("reasoning_hidden_mean", session.Buffer<float>("reasoning_mean"), _expected.Floats("reasoning_hidden_mean"));
    }

    [Test]
    public void Reasoning_TokenByToken_SaysTheOriginalsPhrase()
    {
        using var backbone = OpenBackbone();
        using var reasoning = _backbone.OpenReasoning((Logits, TensorDtype.F32, [1, _backbone.Parts.Decoder.VocabSize]));
        _backbone.SetInputs(backbone, _expected, []);
        backbone.Run();
        var tokens = new GreedyPhrase(backbone, reasoning, _backbone.Parts.Decoder).Decode(golden.PromptTokens, Generated.Length);

        Assert.That(tokens.Ids, Is.EqualTo(Generated));
        Assert.That(golden.EndsWithEos, Is.EqualTo(tokens.Ids[^1] == _backbone.Special.Eos));
        if (Phrase.Length == 0) return;
        RelativeDifference.Check("reasoning_hidden", tokens.Hidden, _expected.Floats("reasoning_hidden"));
        RelativeDifference.Check("generated_logits", tokens.Logits, _expected.Floats("generated_logits").AsSpan(_backbone.Parts.Decoder.VocabSize));
    }

    private long[] Generated => _expected.Integers("generated_ids");

    // The last token generated was never read by the model, whether it ends the phrase or was cut.
    private long[] Phrase => Generated[..^1];

    private GraphSession OpenBackbone() => _backbone.OpenBackbone(
        [
            (Hidden, TensorDtype.F32, [_backbone.Parts.Layout.Length, _backbone.Parts.Decoder.HiddenSize]),
            (Logits, TensorDtype.F32, [_backbone.Parts.Layout.PhraseTokens + 1, _backbone.Parts.Decoder.VocabSize]),
            ("/embed/Concat/output", TensorDtype.F32, [_backbone.Parts.Layout.Length, _backbone.Parts.Decoder.HiddenSize]),
        ]);

    // The features stand in the prompt where the image tokens are.
    private void CheckVision(GraphSession session)
    {
        var (width, rows) = (_backbone.Parts.Decoder.HiddenSize, session.Buffer<float>("/embed/Concat/output").ToArray());
        var layout = _backbone.Parts.Layout;
        float[] features = [.. Enumerable.Range(0, layout.PrefixLength).Where(place => layout.Tokens[place] == layout.ImageToken).SelectMany(place => rows[(place * width)..((place + 1) * width)])];
        RelativeDifference.Check("vision_features", features, _expected.Floats("vision_features"));
    }
}
