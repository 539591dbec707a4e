using DiVLA.Control.ModelBuilder.Checkpoints.Published;
using DiVLA.Control.ModelBuilder.Graphs;
using DiVLA.Control.ModelBuilder.Onnx.Schema;
using DiVLA.Control.TestSupport;
using DiVLA.Control.TestSupport.Heads;

namespace DiVLA.Control.ModelBuilder.Tests.Graphs;

/// <summary>The published heads' graphs against plain ones, which compute everything anew in every step.</summary>
public sealed class PublishedDiffusionGraphTests
{
    private static readonly Dictionary<string, PolicyHeadConfig> _heads = new()
    {
        ["U-Net, odd sizes"] = TestHeads.UnetOdd,
        ["U-Net, one level"] = TestHeads.UnetFlat,
        ["ScaleDP, odd sizes"] = TestHeads.ScaleDpOdd,
    };

    private static IEnumerable<string> Heads => _heads.Keys;

    [Test]
    public void Head_Rewritten_EqualsThePlainOne(
        [ValueSource(nameof(Heads))] string name,
        [Values(Rewrites.None, Rewrites.TimeFolded, Rewrites.ConditionHoisted, Rewrites.NativeOperators, Rewrites.All)] object rewrites)
    {
        using var folder = new GraphFolder(RandomHeadWeights.Of(_heads[name], 5));
        var rewritten = Run(folder, _heads[name], "rewritten", head => graph => PublishedDiffusionGraph.Build(graph, head));
        var plain = Run(folder, _heads[name], "plain", head => graph => PlainDiffusion.Build(graph, head, (Rewrites)rewrites));
        Difference.Check($"latent, {name}", rewritten, Array.ConvertAll(plain, value => (double)value));
        Assert.That(plain.Count(value => Math.Abs(value) < 0.999), Is.GreaterThan(plain.Length / 10), "not all may be clipped, or nothing is compared");
    }

    [Test]
    public void Head_WithoutPhrase_IsFinite([ValueSource(nameof(Heads))] string name)
    {
        using var folder = new GraphFolder(RandomHeadWeights.Of(_heads[name], 5));
        var latent = Run(folder, _heads[name], "diffusion", head => graph => PublishedDiffusionGraph.Build(graph, head), hasPhrase: false);
        Assert.That(latent, Is.All.InRange(-1f, 1f));
    }

    [Test]
    public void Unet_ReadsFilmAndConditionOnce_AndEveryConvolutionEachStep()
    {
        var head = TestHeads.UnetOdd;
        var nodes = Load(head).Node;
        Assert.That(Readers(nodes, "policy_head.combine.weight"), Is.EqualTo(1));
        Assert.That(Readers(nodes, "policy_head.mid_modules.0.cond_encoder.1.weight"), Is.EqualTo(1));
        Assert.That(Readers(nodes, "policy_head.mid_modules.0.blocks.0.block.0.weight"), Is.EqualTo(head.InferenceTimesteps));
        Assert.That(nodes.SelectMany(node => node.Input), Has.None.Contains("diffusion_step_encoder"));
        Assert.That(nodes.Select(node => node.OpType), Has.None.EqualTo("Loop").And.None.EqualTo("Mish").And.None.EqualTo("GroupNormalization"));
    }

    [Test]
    public void ScaleDp_ReadsEveryModulationOnce_WithARowForEachStep()
    {
        var head = TestHeads.ScaleDpOdd;
        var graph = Load(head);
        for (var block = 0; block < head.Depth; block++)
            Assert.That(Readers(graph.Node, $"policy_head.blocks.{block}.adaLN_modulation.1.weight"), Is.EqualTo(1));
        Assert.That(Readers(graph.Node, "policy_head.blocks.0.attn.qkv.weight"), Is.EqualTo(head.InferenceTimesteps));
        Assert.That(graph.Node.SelectMany(node => node.Input), Has.None.Contains("t_embedder"));
        var times = graph.Initializer.Single(tensor => tensor.Name == "/condition/times");
        Assert.That(times.Dims, Is.EqualTo(new long[] { head.InferenceTimesteps, head.Width }));
    }

    [Test]
    public void Build_MissingAndMisshapenTensors_NamesEach()
    {
        var weights = RandomHeadWeights.Of(TestHeads.UnetOdd, 5).Where(tensor => tensor.Name != "policy_head.final_conv.1.bias")
            .Select(tensor => tensor.Name == "policy_head.combine.bias" ? tensor with { Shape = [48, 1] } : tensor);
        using var folder = new GraphFolder(weights);
        var fault = Assert.Throws<ModelBuildException>(() => folder.Build("diffusion", graph => PublishedDiffusionGraph.Build(graph, TestHeads.UnetOdd)))!;
        Assert.That(fault.Faults, Has.Count.EqualTo(2));
        Assert.That(fault.Message, Does.Contain("'policy_head.final_conv.1.bias': is missing").And.Contain("'policy_head.combine.bias': shape: is [48, 1]"));
    }

    private static float[] Run(
        GraphFolder folder, PolicyHeadConfig head, string name, Func<PolicyHeadConfig, Action<Onnx.GraphBuilder>> build, bool hasPhrase = true)
    {
        using var session = new GraphSession(folder.Folder, folder.Build(name, build(head)));
        var random = new Random(11);
        foreach (var input in (string[])["prompt_mean", "reasoning_mean", "state", "noise"])
            foreach (ref var value in session.Buffer<float>(input)) value = (float)(random.NextDouble() * 2 - 1);
        if (!hasPhrase) session.Buffer<float>("reasoning_mean").Clear();
        session.Run();
        return session.Buffer<float>("latent").ToArray();
    }

    private static GraphProto Load(PolicyHeadConfig head)
    {
        using var folder = new GraphFolder(RandomHeadWeights.Of(head, 5));
        var manifest = folder.Build("diffusion", graph => PublishedDiffusionGraph.Build(graph, head));
        return ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(folder.Folder, manifest.File))).Graph;
    }

    private static int Readers(IEnumerable<NodeProto> nodes, string weight) => nodes.Count(node => node.Input.Contains(weight));
}
