using System.Diagnostics;
using DiVLA.Control.ModelBuilder.Checkpoints.Published;
using DiVLA.Control.ModelBuilder.Graphs;
using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.TestSupport.Plain;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.ModelBuilder.Tests.Golden;

/// <summary>The backbone's fused and folded operators against plain ones, stage by stage, with the time of both.</summary>
[Category("Golden")]
[TestFixtureSource(typeof(GoldenFolder), nameof(GoldenFolder.AllCases))]
public sealed class BackboneRewriteTests(GoldenCase golden)
{
    private const int TimedRuns = 5;

    private GoldenBackbone _fast;
    private GoldenBackbone _plain;
    private GraphSession _fastSession;
    private GraphSession _plainSession;
    private SafetensorsFile _expected;

    [OneTimeSetUp]
    public void Build()
    {
        _expected = SafetensorsFile.Open(golden.ExpectedPath);
        _fast = new GoldenBackbone(golden);
        _plain = new GoldenBackbone(golden, build: BuildPlain);
        var (parts, width) = (_fast.Parts, _fast.Parts.Decoder.HiddenSize);
        _fastSession = _fast.OpenBackbone(
            ("/vision/patch_embed/Gemm/output", TensorDtype.F32, [Patches, parts.Vision.Width]),
            ("/embed/Concat/output", TensorDtype.F32, [parts.Layout.Length, width]),
            ("/norm/SkipSimplifiedLayerNormalization/output", TensorDtype.F32, [parts.Layout.Length, width]));
        _plainSession = _plain.OpenBackbone();
        foreach (var session in new[] { _fastSession, _plainSession })
        {
            _fast.SetInputs(session, _expected, _expected.Integers("generated_ids").AsSpan()[..^1]);
            session.Run();
        }
    }

    [OneTimeTearDown]
    public void Clean()
    {
        _fastSession.Dispose();
        _plainSession.Dispose();
        _fast.Dispose();
        _plain.Dispose();
        _expected.Dispose();
    }

    [Test]
    public void PixelValues_OfThePlainGraph_AreTheOriginals()
    {
        if (!_expected.Tensors.ContainsKey("pixel_values")) Assert.Ignore("The case has no pixel_values; they follow from its pictures.");
        RelativeDifference.Check("pixel_values", _plainSession.Buffer<float>("pixel_values"), _expected.Floats("pixel_values"));
    }

    [Test]
    public void PatchEmbedding_NormalisationAndRepetitionFolded_EqualsThePlainGraph()
    {
        // The tower has pictures of one size together; the plain graph has them in the prompt's order.
        var order = _fast.Parts.Grids.Select((grid, picture) => (grid, picture)).GroupBy(entry => entry.grid).SelectMany(group => group.Select(entry => entry.picture)).ToArray();
        var plain = _plainSession.Buffer<float>("embedded").ToArray();
        var starts = _fast.Parts.Grids.Select((_, picture) => _fast.Parts.Grids.Take(picture).Sum(grid => grid.Patches) * _fast.Parts.Vision.Width).ToArray();
        float[] ordered = [.. order.SelectMany(picture => plain[starts[picture]..(starts[picture] + _fast.Parts.Grids[picture].Patches * _fast.Parts.Vision.Width)])];
        RelativeDifference.Check("patch embeddings", _fastSession.Buffer<float>("/vision/patch_embed/Gemm/output"), ordered, 1e-5);
    }

    [Test]
    public void VisionTower_FusedAttentionAndNorms_EqualsThePlainGraph() =>
        RelativeDifference.Check("rows of the decoder", _fastSession.Buffer<float>("/embed/Concat/output"), _plainSession.Buffer<float>("rows"), 1e-5);

    [Test]
    public void Decoder_PackedProjectionTableRotationFusedAttentionAndNorms_EqualsThePlainGraph() =>
        RelativeDifference.Check(
            "hidden states", _fastSession.Buffer<float>("/norm/SkipSimplifiedLayerNormalization/output"), _plainSession.Buffer<float>("hidden"), 2e-5);

    [Test]
    public void Graphs_BothRun_InTheTimesPrinted()
    {
        TestContext.Out.WriteLine($"{golden}: plain {Median(_plainSession):F1} ms, rewritten {Median(_fastSession):F1} ms (median of {TimedRuns}, one thread)");
        Assert.That(_fast.BackboneModel.Graph.Node, Has.Count.LessThan(_plain.BackboneModel.Graph.Node.Count));
    }

    private int Patches => _fast.Parts.Grids.Sum(grid => grid.Patches);

    private static double Median(GraphSession session)
    {
        var times = new double[TimedRuns];
        for (var run = 0; run < TimedRuns; run++)
        {
            var start = Stopwatch.GetTimestamp();
            session.Run();
            times[run] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
        return times.Order().ElementAt(TimedRuns / 2);
    }

    private static void BuildPlain(GraphBuilder graph, Qwen2VlBackbone parts)
    {
        var vision = new PlainVision(graph, parts.Vision);
        var frames = parts.Grids.Select((grid, camera) => graph.Input($"frames.{camera}", TensorDtype.U8, grid.Height, grid.Width, 3)).ToArray();
        var text = graph.Input("text_tokens", TensorDtype.I64, 1, parts.Layout.TextTokens + parts.Layout.PhraseTokens);
        foreach (var name in (string[])["text_length", "draft_length"]) graph.Input(name, TensorDtype.I64, 1);

        var pixels = frames.Select((frame, camera) => vision.PixelValues($"/vision.{camera}", frame, parts.Grids[camera])).ToArray();
        var embedded = pixels.Select((values, camera) => vision.Embed($"/vision.{camera}/embed", values)).ToArray();
        var features = embedded.Select((rows, camera) => vision.Features($"/vision.{camera}/tower", rows, parts.Grids[camera])).ToArray();
        var rows = Rows(graph, parts, features, text);
        var hidden = new PlainDecoder(graph, parts.Decoder, parts.Layout.Positions, parts.MropeSection, parts.RopeTheta).Run(rows);

        Output(graph, graph.Concat("/pixel_values", 0, pixels), "pixel_values", parts.Grids.Sum(grid => grid.Patches), parts.Vision.PatchNumbers * parts.Vision.TemporalPatch);
        Output(graph, graph.Concat("/embedded", 0, embedded), "embedded", parts.Grids.Sum(grid => grid.Patches), parts.Vision.Width);
        Output(graph, graph.Add("/rows", rows, graph.Scalar(0)), "rows", parts.Layout.Length, parts.Decoder.HiddenSize);
        Output(graph, hidden, "hidden", parts.Layout.Length, parts.Decoder.HiddenSize);
    }

    private static void Output(GraphBuilder graph, Value value, string name, params long[] shape) => graph.Output(value, name, TensorDtype.F32, shape);

    // The original puts features in the places of the image tokens.
    private static Value Rows(GraphBuilder graph, Qwen2VlBackbone parts, Value[] features, Value text)
    {
        var prefix = graph.Constant("/prefix", [.. parts.Layout.Tokens.Select(token => (long)token)], parts.Layout.PrefixLength);
        var tokens = graph.Concat("/tokens", 0, prefix, graph.Reshape("/text", text, parts.Layout.TextTokens + parts.Layout.PhraseTokens));
        var places = Enumerable.Range(0, parts.Layout.PrefixLength).Where(place => parts.Layout.Tokens[place] == parts.Layout.ImageToken).Select(place => (long)place).ToArray();
        return graph.Node(
            "/scatter",
            "ScatterND",
            [
                Qwen2Decoder.Embed(graph, parts.Decoder, "/embed", tokens),
                graph.Constant("/places", places, places.Length, 1),
                features.Length == 1 ? features[0] : graph.Concat("/features", 0, features),
            ]);
    }
}
