using System.Numerics.Tensors;
using DiVLA.Control.Benchmarks.Graphs;
using DiVLA.Control.ModelBuilder.Checkpoints.Published;
using DiVLA.Control.ModelBuilder.Graphs;
using DiVLA.Control.ModelBuilder.Graphs.Qwen2Vl;
using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.TestSupport;
using DiVLA.Control.TestSupport.Heads;
using DiVLA.Control.TestSupport.Plain;

namespace DiVLA.Control.Benchmarks.Rewriting;

/// <summary>The rewrites, in sizes of the published checkpoints where a small machine can bear them.</summary>
internal static class Comparisons
{
    private const int DraftRows = 17;
    private const int Past = 127;

    private static readonly TestDecoder _decoder = TestDecoder.TwoLayersOf2B;

    public static IEnumerable<Comparison> All =>
    [
        Prefill, LanguageHead, Step, PatchEmbeddings,
        Head("U-Net of DiVLA-2B, ten steps", TestHeads.Unet2B, "FiLM: table over time, one product"),
        Head("ScaleDP, 4 of 24 layers, ten steps", TestHeads.ScaleDpL with { Depth = 4 }, "adaLN of ten steps in one product a layer"),
    ];

    private static Comparison Prefill => new(
        "Decoder, 2 layers of Qwen2-VL-2B, 128 rows",
        () => new GraphFolder(RandomWeights.Decoder(_decoder.Shape, 1)),
        [
            Rewritten("plain", DecoderRewrites.None),
            Rewritten("+ packed projection", DecoderRewrites.PackedProjection),
            Rewritten("+ fused attention, MRotaryEmbedding", DecoderRewrites.PackedProjection | DecoderRewrites.FusedAttention),
            Rewritten("+ rotation by table inside it", DecoderRewrites.PackedProjection | DecoderRewrites.FusedAttention | DecoderRewrites.TableRotation),
            Rewritten("+ addition and norm in one node", DecoderRewrites.All & ~DecoderRewrites.FusedGate),
            Rewritten("+ gate in one node", DecoderRewrites.All),
            new Variant("as built", BuildDecoder, SetTokens),
        ],
        timer => timer.Buffer<float>("hidden").ToArray());

    private static Comparison LanguageHead => new(
        "lm_head and argmax behind 128 rows",
        () => new GraphFolder(RandomWeights.Decoder(_decoder.Shape with { Layers = 1 }, 1)),
        [
            new Variant("over all rows", graph => BuildHead(graph, _decoder.Shape.CacheLength), SetHidden),
            new Variant($"over the {DraftRows} rows that are read", graph => BuildHead(graph, DraftRows), SetHidden),
        ],
        timer => [.. timer.Buffer<long>("tokens")[^DraftRows..].ToArray().Select(token => (float)token)]);

    private static Comparison Step => new(
        $"One token behind {Past}, 2 layers of Qwen2-VL-2B",
        () => new GraphFolder(RandomWeights.Decoder(_decoder.Shape, 1)),
        [
            new Variant("growing cache, logits to the host", graph => PlainReasoning.Build(graph, _decoder.Shape, _decoder.Angles[Past], Past), timer => timer.Buffer<long>("token")[0] = 5)
            {
                Afterwards = timer => TensorPrimitives.IndexOfMax(timer.Buffer<float>("logits")),
            },
            new Variant("shared cache, argmax inside", graph => ReasoningGraph.Build(graph, _decoder.Shape, _decoder.Angles), ShareCache),
        ],
        timer => timer.Buffer<float>("hidden").ToArray());

    private static Comparison PatchEmbeddings => new(
        "Patch embeddings of three 308 x 252 pictures",
        () => new GraphFolder([RandomKernel()]),
        [
            new Variant("normalised, repeated, convolved", BuildPlainPatches, SetFrames),
            new Variant("all of it folded into the kernel", BuildFoldedPatches, SetFrames),
        ],
        timer => timer.Buffer<float>("embedded").ToArray());

    private static Comparison Head(string name, PolicyHeadConfig head, string last) => new(
        name,
        () => new GraphFolder(RandomHeadWeights.Of(head, 1)),
        [
            Plain("plain", head, Rewrites.None),
            Plain("+ time embeddings folded", head, Rewrites.TimeFolded),
            Plain("+ condition once", head, Rewrites.TimeFolded | Rewrites.ConditionHoisted),
            Plain("+ operators with kernels of their own", head, Rewrites.All),
            new Variant($"+ {last} (as built)", graph => PublishedDiffusionGraph.Build(graph, head), SetCondition),
        ],
        timer => timer.Buffer<float>("latent").ToArray());

    private static Variant Plain(string name, PolicyHeadConfig head, Rewrites rewrites) => new(name, graph => PlainDiffusion.Build(graph, head, rewrites), SetCondition);

    private static Variant Rewritten(string name, DecoderRewrites rewrites) => new(
        name,
        graph => OutputHidden(graph, new PlainDecoder(graph, _decoder.Shape, _decoder.Positions, _decoder.Sections, _decoder.Theta, rewrites).Run(Embedded(graph))),
        SetTokens);

    private static void BuildDecoder(GraphBuilder graph)
    {
        var span = AttentionSpan.Whole(graph, _decoder.Shape.CacheLength);
        OutputHidden(graph, new Qwen2Decoder(graph, _decoder.Shape, span, RotaryTables.AddTo(graph, "/rotary", _decoder.Angles)).Run(Embedded(graph)));
    }

    private static Value Embedded(GraphBuilder graph) =>
        Qwen2Decoder.Embed(graph, _decoder.Shape, "/embed", graph.Input("tokens", TensorDtype.I64, _decoder.Shape.CacheLength));

    private static void OutputHidden(GraphBuilder graph, Value hidden) =>
        graph.Output(hidden, "hidden", TensorDtype.F32, _decoder.Shape.CacheLength, _decoder.Shape.HiddenSize);

    private static void BuildHead(GraphBuilder graph, int rows)
    {
        var hidden = graph.Input("hidden", TensorDtype.F32, _decoder.Shape.CacheLength, _decoder.Shape.HiddenSize);
        var read = graph.Slice("/rows", hidden, 0, _decoder.Shape.CacheLength - rows, _decoder.Shape.CacheLength);
        var decoder = new Qwen2Decoder(graph, _decoder.Shape, AttentionSpan.Whole(graph, rows), default);
        graph.Output(decoder.GreedyTokens("/lm_head", read), "tokens", TensorDtype.I64, rows);
    }

    private static void BuildPlainPatches(GraphBuilder graph)
    {
        var vision = new PlainVision(graph, Tower);
        var embedded = Frames(graph).Select((frame, i) => vision.Embed($"/embed.{i}", vision.PixelValues($"/picture.{i}", frame, Grid))).ToArray();
        graph.Output(graph.Concat("/embedded", 0, embedded), "embedded", TensorDtype.F32, 3 * Grid.Patches, Tower.Width);
    }

    private static void BuildFoldedPatches(GraphBuilder graph) => graph.Output(
        PatchEmbedding.Build(graph, Tower, [.. Frames(graph).Select(frame => (frame, Grid))]), "embedded", TensorDtype.F32, 3 * Grid.Patches, Tower.Width);

    private static Value[] Frames(GraphBuilder graph) =>
        [.. Enumerable.Range(0, 3).Select(i => graph.Input($"frames.{i}", TensorDtype.U8, Grid.Height, Grid.Width, VisionShape.Channels))];

    private static PictureGrid Grid => new(308, 252, 14, 2);

    private static VisionShape Tower => new(32, 1280, 16, 5120, 1536, 14, 2, 2, [0.481, 0.458, 0.408], [0.269, 0.261, 0.276]);

    private static TensorData RandomKernel()
    {
        var random = new Random(1);
        var values = Enumerable.Range(0, 1280 * 3 * 2 * 14 * 14).Select(_ => (float)(random.NextDouble() - 0.5) * 0.1f).ToArray();
        return TensorData.FromFloats("visual.patch_embed.proj.weight", [1280, 3, 2, 14, 14], values);
    }

    private static void SetTokens(GraphTimer timer)
    {
        var random = new Random(2);
        foreach (ref var token in timer.Buffer<long>("tokens")) token = random.Next(_decoder.Shape.VocabSize);
    }

    private static void SetHidden(GraphTimer timer) => Fill(timer.Buffer<float>("hidden"), new Random(3));

    private static void SetFrames(GraphTimer timer)
    {
        var random = new Random(4);
        for (var i = 0; i < 3; i++) random.NextBytes(timer.Buffer<byte>($"frames.{i}"));
    }

    private static void SetCondition(GraphTimer timer)
    {
        var random = new Random(5);
        foreach (var input in (string[])["prompt_mean", "reasoning_mean", "state", "noise"]) Fill(timer.Buffer<float>(input), random);
    }

    private static void ShareCache(GraphTimer timer)
    {
        for (var layer = 0; layer < _decoder.Shape.Layers; layer++)
        {
            timer.Share($"present_keys.{layer}", $"past_keys.{layer}");
            timer.Share($"present_values.{layer}", $"past_values.{layer}");
        }
        (timer.Buffer<long>("token")[0], timer.Buffer<long>("position")[0]) = (5, Past);
    }

    private static void Fill(Span<float> numbers, Random random)
    {
        foreach (ref var number in numbers) number = (float)(random.NextDouble() * 2 - 1);
    }
}
