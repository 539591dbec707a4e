using DiVLA.Control.ModelBuilder.Onnx.Schema;
using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.ModelBuilder.Tests.Graphs;

public sealed class GraphStructureTests
{
    // Above this a constant is no shape, scalar or rotary table any more.
    private const int LargeBytes = 8 * 1024;

    private RandomBundle _bundle;

    [OneTimeSetUp]
    public void Build() => _bundle = new RandomBundle(TestConfigs.Default);

    [OneTimeTearDown]
    public void Clean() => _bundle.Dispose();

    private IEnumerable<GraphManifest> Graphs =>
    [
        _bundle.Manifest.Graphs.Backbone, _bundle.Manifest.Graphs.Reasoning, _bundle.Manifest.Graphs.Diffusion, _bundle.Manifest.Embodiments[0].Graph,
    ];

    [Test]
    public void Weights_OfEveryGraph_PointAtTheBytesOfTheirTensor()
    {
        foreach (var graph in Graphs)
        {
            var folder = Path.GetDirectoryName(Path.Combine(_bundle.Folder, graph.File))!;
            var weights = Load(graph).Initializer.Where(IsExternal).ToArray();
            Assert.That(weights, Is.Not.Empty, graph.File);
            foreach (var weight in weights)
            {
                var reference = weight.ExternalData.ToDictionary(entry => entry.Key, entry => entry.Value);
                var path = Path.Combine(folder, reference["location"]);
                using var file = SafetensorsFile.Open(path);
                var bytes = File.ReadAllBytes(path).AsSpan((int)long.Parse(reference["offset"]), (int)long.Parse(reference["length"]));
                Assert.That(weight.Dims, Is.EqualTo(file.Entry(weight.Name).Shape), weight.Name);
                Assert.That(bytes.SequenceEqual(file.Bytes(weight.Name)), weight.Name);
            }
        }
    }

    [Test]
    public void Constants_OfEveryGraph_AreSmallOrDerived()
    {
        foreach (var graph in Graphs)
        {
            var large = Load(graph).Initializer.Where(tensor => !IsExternal(tensor) && tensor.RawData.Length > LargeBytes).Select(tensor => tensor.Name);
            string[] derived = graph == _bundle.Manifest.Graphs.Diffusion
                ? [.. Enumerable.Range(0, _bundle.Config.Head.Blocks).Select(block => $"/condition/blocks.{block}/film_time")]
                : [];
            Assert.That(large, Is.EquivalentTo(derived), graph.File);
        }
    }

    [Test]
    public void Initializers_OfEveryGraph_AreStoredOnce()
    {
        foreach (var graph in Graphs)
        {
            var names = Load(graph).Initializer.Select(tensor => tensor.Name).ToArray();
            Assert.That(names, Is.Unique, graph.File);
            var contents = Load(graph).Initializer.Where(tensor => tensor.RawData.Length > 256).Select(tensor => tensor.RawData.ToBase64());
            Assert.That(contents, Is.Unique, graph.File);
        }
    }

    [Test]
    public void Diffusion_HasTenSteps_OfEqualNodes_AndOneCondition()
    {
        var nodes = Load(_bundle.Manifest.Graphs.Diffusion).Node;
        var steps = nodes.Where(node => node.Name.StartsWith("/steps.", StringComparison.Ordinal))
            .CountBy(node => node.Name.Split('/')[1]).OrderBy(step => int.Parse(step.Key["steps.".Length..])).Select(step => step.Value).ToArray();
        // input, four nodes a block, norm, output, clip, two products and their sum; the last step ends with the clip.
        Assert.That(steps, Is.EqualTo(new[] { 23, 23, 23, 23, 23, 23, 23, 23, 23, 20 }));
        Assert.That(nodes.Count(node => node.Input.Contains("policy_head.combine.weight")), Is.EqualTo(1));
        Assert.That(nodes.Count(node => node.Input.Contains("policy_head.blocks.0.film_condition.weight")), Is.EqualTo(1));
        Assert.That(nodes.Count(node => node.Input.Contains("policy_head.blocks.0.up.weight")), Is.EqualTo(10));
        Assert.That(nodes.SelectMany(node => node.Input), Has.None.Contains("policy_head.time"));
        Assert.That(nodes.Select(node => node.OpType), Has.None.EqualTo("Loop").And.None.EqualTo("If"), "CUDA graphs refuse control flow");
    }

    [Test]
    public void Decoder_HasOneFusedAttentionALayer()
    {
        foreach (var graph in (GraphManifest[])[_bundle.Manifest.Graphs.Backbone, _bundle.Manifest.Graphs.Reasoning])
        {
            var operators = Load(graph).Node.CountBy(node => node.OpType).ToDictionary();
            Assert.That(operators["GroupQueryAttention"], Is.EqualTo(_bundle.Config.NumHiddenLayers));
            Assert.That(operators["SkipSimplifiedLayerNormalization"], Is.EqualTo(2 * _bundle.Config.NumHiddenLayers));
        }
    }

    [Test]
    public void Signature_InTheManifest_EqualsTheGraphs()
    {
        foreach (var graph in Graphs)
        {
            Assert.That(Load(graph).Input.Select(Signature), Is.EquivalentTo(graph.Inputs.Select(Signature)), graph.File);
            Assert.That(Load(graph).Output.Select(Signature), Is.EquivalentTo(graph.Outputs.Select(Signature)), graph.File);
        }
    }

    private static string Signature(TensorManifest tensor)
    {
        var type = tensor.Dtype switch { TensorDtype.F32 => 1, TensorDtype.U8 => 2, TensorDtype.I64 => 7, _ => 0 };
        return $"{tensor.Name} {type} [{string.Join(", ", tensor.Shape)}]";
    }

    private static string Signature(ValueInfoProto value)
    {
        var sizes = value.Type.TensorType.Shape.Dim.Select(dimension => dimension.DimValue);
        return $"{value.Name} {value.Type.TensorType.ElemType} [{string.Join(", ", sizes)}]";
    }

    private static bool IsExternal(TensorProto tensor) => tensor.DataLocation == TensorProto.Types.DataLocation.External;

    private GraphProto Load(GraphManifest graph) => ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(_bundle.Folder, graph.File))).Graph;
}
