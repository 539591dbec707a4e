using DiVLA.Control.ModelBuilder.Graphs;
using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.ModelBuilder.Onnx.Schema;
using DiVLA.Control.ModelBuilder.Tests.Golden;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.TestSupport;
using DiVLA.Control.TestSupport.Heads;
using DiVLA.Control.TestSupport.Plain;

namespace DiVLA.Control.ModelBuilder.Tests.Graphs;

/// <summary>Each rewrite of the decoder alone, and all of them, against the decoder as the original writes it. `Benchmarks rewrites` times the same graphs.</summary>
public sealed class DecoderRewriteTests
{
    private const double Tolerance = 2e-5;

    private readonly TestDecoder _decoder = TestDecoder.Odd;
    private GraphFolder _folder;
    private float[] _plain;

    [OneTimeSetUp]
    public void RunPlain()
    {
        _folder = new GraphFolder(RandomWeights.Decoder(_decoder.Shape, 3));
        _plain = Hidden("plain", graph => Plain(graph, DecoderRewrites.None));
    }

    [OneTimeTearDown]
    public void Clean() => _folder.Dispose();

    private static IEnumerable<string> Rewrites => Enum.GetNames<DecoderRewrites>().Where(name => name != nameof(DecoderRewrites.None));

    [Test]
    public void Decoder_Rewritten_EqualsThePlainOne([ValueSource(nameof(Rewrites))] string rewrite) =>
        RelativeDifference.Check(rewrite, Hidden(rewrite, graph => Plain(graph, Enum.Parse<DecoderRewrites>(rewrite))), _plain, Tolerance);

    [Test]
    public void Decoder_WithAllRewrites_IsTheOneThatIsBuilt() => RelativeDifference.Check("hidden", Hidden("built", Built), _plain, Tolerance);

    [Test]
    public void Head_OverTheRowsThatAreRead_SaysWhatItSaysOverAll()
    {
        var (rows, read) = (_decoder.Shape.CacheLength, 5);
        long[] Tokens(string name, int count) => Run(name, graph => GreedyOver(graph, count), session => session.Buffer<long>("tokens").ToArray());
        Assert.That(Tokens("read", read), Is.EqualTo(Tokens("all", rows)[^read..]));
    }

    [TestCase(1)]
    [TestCase(22)]
    public void Step_InASharedCacheWithTheChoiceInside_EqualsOneThatGrows(int past)
    {
        var caches = RandomCaches(past);
        var (hidden, logits) = Run("step", graph => PlainReasoning.Build(graph, _decoder.Shape, _decoder.Angles[past], past), session => GrowingStep(session, caches));
        var (sharedHidden, token) = Run("shared", graph => ReasoningGraph.Build(graph, _decoder.Shape, _decoder.Angles), session => SharedStep(session, caches, past));
        RelativeDifference.Check("hidden", sharedHidden, hidden, Tolerance);
        Assert.That(token, Is.EqualTo(Array.IndexOf(logits, logits.Max())));
    }

    [Test]
    public void Step_AsksTheHostForNothing()
    {
        var manifest = _folder.Build("nodes", graph => ReasoningGraph.Build(graph, _decoder.Shape, _decoder.Angles));
        var graph = ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(_folder.Folder, manifest.File))).Graph;
        var constants = graph.Initializer.Select(tensor => tensor.Name).ToArray();
        const int TotalLength = 6; // an input that attention reads on the host, wherever it runs
        Assert.That(graph.Node.Where(node => node.OpType == "GroupQueryAttention").Select(node => node.Input[TotalLength]).Distinct(), Is.SubsetOf(constants));
        Assert.That(graph.Node.Select(node => node.OpType), Has.None.EqualTo("Shape").And.None.EqualTo("If").And.None.EqualTo("Loop"));
        Assert.That(manifest.Outputs.Select(output => output.Name), Has.None.Contains("logits"));
    }

    private void Plain(GraphBuilder graph, DecoderRewrites rewrites)
    {
        var decoder = new PlainDecoder(graph, _decoder.Shape, _decoder.Positions, _decoder.Sections, _decoder.Theta, rewrites);
        OutputHidden(graph, decoder.Run(Embedded(graph)));
    }

    private void Built(GraphBuilder graph) => OutputHidden(graph, Decoder(graph).Run(Embedded(graph)));

    private void GreedyOver(GraphBuilder graph, int rows)
    {
        var decoder = Decoder(graph);
        var hidden = decoder.Run(Embedded(graph));
        var last = graph.Slice("/lm_head/rows", hidden, 0, _decoder.Shape.CacheLength - rows, _decoder.Shape.CacheLength);
        graph.Output(decoder.GreedyTokens("/lm_head", last), "tokens", TensorDtype.I64, rows);
    }

    private Qwen2Decoder Decoder(GraphBuilder graph) =>
        new(graph, _decoder.Shape, AttentionSpan.Whole(graph, _decoder.Shape.CacheLength), RotaryTables.AddTo(graph, "/rotary", _decoder.Angles));

    private Value Embedded(GraphBuilder graph)
    {
        var tokens = graph.Input("tokens_in", TensorDtype.I64, _decoder.Shape.CacheLength);
        return Qwen2Decoder.Embed(graph, _decoder.Shape, "/embed", tokens);
    }

    private void OutputHidden(GraphBuilder graph, Value hidden) =>
        graph.Output(hidden, "hidden", TensorDtype.F32, _decoder.Shape.CacheLength, _decoder.Shape.HiddenSize);

    private float[] Hidden(string name, Action<GraphBuilder> build) => Run(name, build, session => session.Buffer<float>("hidden").ToArray());

    // Prompts have tokens; steps are given theirs and a cache before they run.
    private T Run<T>(string name, Action<GraphBuilder> build, Func<GraphSession, T> read)
    {
        var manifest = _folder.Build(name, build);
        using var session = new GraphSession(_folder.Folder, manifest);
        if (manifest.Inputs.Any(input => input.Name == "tokens_in"))
        {
            var random = new Random(1);
            foreach (ref var token in session.Buffer<long>("tokens_in")) token = random.Next(_decoder.Shape.VocabSize);
            session.Run();
        }
        return read(session);
    }

    private Dictionary<string, float[]> RandomCaches(int past)
    {
        var random = new Random(2);
        var names = Enumerable.Range(0, _decoder.Shape.Layers).SelectMany(layer => new[] { $"keys.{layer}", $"values.{layer}" });
        return names.ToDictionary(
            name => name, _ => Enumerable.Range(0, _decoder.Shape.KeyValueHeads * past * _decoder.Shape.HeadDim).Select(_ => (float)(random.NextDouble() * 2 - 1)).ToArray());
    }

    private static (float[] Hidden, float[] Logits) GrowingStep(GraphSession session, Dictionary<string, float[]> caches)
    {
        foreach (var (name, numbers) in caches) session.Set<float>($"past_{name}", numbers);
        session.Set<long>("token", [17]);
        session.Run();
        return (session.Buffer<float>("hidden").ToArray(), session.Buffer<float>("logits").ToArray());
    }

    private (float[] Hidden, long Token) SharedStep(GraphSession session, Dictionary<string, float[]> caches, int past)
    {
        var (length, size) = (_decoder.Shape.CacheLength, _decoder.Shape.HeadDim);
        foreach (var (name, numbers) in caches)
        {
            session.Share($"present_{name}", $"past_{name}");
            for (var head = 0; head < _decoder.Shape.KeyValueHeads; head++)
                numbers.AsSpan(head * past * size, past * size).CopyTo(session.Buffer<float>($"past_{name}")[(head * length * size)..]);
        }
        session.Set<long>("token", [17]);
        session.Set<long>("position", [past]);
        session.Run();
        return (session.Buffer<float>("hidden").ToArray(), session.Buffer<long>("next_token")[0]);
    }
}
