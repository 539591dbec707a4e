using DiVLA.Control.ModelBuilder.Bundles;
using DiVLA.Control.ModelBuilder.Costs;
using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.Policy;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.ModelBuilder.Tests.Bundles;

public sealed class BundleInspectorTests
{
    private RandomBundle _bundle;

    [OneTimeSetUp]
    public void Build() => _bundle = new RandomBundle(TestConfigs.Default);

    [OneTimeTearDown]
    public void Clean() => _bundle.Dispose();

    [Test]
    public void Stages_TogetherHoldEveryWeightButTheFoldedOnes()
    {
        var report = BundleInspector.Inspect(_bundle.Folder, Accelerator.Find("h100")!);
        long Parameters(PolicyStage stage) => report.Stages.Single(entry => entry.Stage == stage).Parameters;
        using var weights = SafetensorsFile.Open(Path.Combine(_bundle.Folder, "model.safetensors"));
        var folded = weights.Tensors.Values.Where(t => t.Name.Contains(".film_time.") || t.Name.StartsWith("policy_head.time.", StringComparison.Ordinal));

        Assert.That(report.Stages.Select(entry => entry.Stage), Is.Ordered);
        Assert.That(
            Parameters(PolicyStage.Backbone) + Parameters(PolicyStage.Film) + Parameters(PolicyStage.Diffusion) + folded.Sum(t => t.Count),
            Is.EqualTo(weights.Tensors.Values.Sum(t => t.Count)));
        Assert.That(Parameters(PolicyStage.Film), Is.EqualTo(6 * (128 * 128 + 128)));
        Assert.That(Parameters(PolicyStage.Embodiment), Is.EqualTo(21 * 256 + 256 + 4 * (256 * 256 + 256) + 6 * 256 + 16 * 256 + 2 * (256 * 49 + 49)));
        Assert.That(Parameters(PolicyStage.Reasoning), Is.LessThan(Parameters(PolicyStage.Backbone)));
    }

    [Test]
    public void Graphs_AreCountedByOperatorAndByte()
    {
        var report = BundleInspector.Inspect(_bundle.Folder, Accelerator.Find("h100")!);
        Assert.That(report.Graphs.Select(graph => graph.File), Is.EqualTo(new[] { "backbone.onnx", "reasoning.onnx", "diffusion.onnx", "embodiments/panda/embodiment.onnx" }));
        foreach (var graph in report.Graphs)
        {
            Assert.That(graph.NodesByOperator.Sum(count => count.Nodes), Is.EqualTo(graph.Nodes), graph.File);
            Assert.That(graph.WeightBytes, Is.EqualTo(4 * graph.Parameters), graph.File);
            Assert.That(graph.ConstantBytes, Is.Positive.And.LessThan(graph.Bytes), graph.File);
        }
        Assert.That(report.Bytes, Is.EqualTo(report.Manifest.Files.Sum(file => file.Bytes) + new FileInfo(Path.Combine(_bundle.Folder, PolicyManifest.FileName)).Length));
    }

    [TestCase(PolicyManifest.FileName, "{}")]
    [TestCase("diffusion.onnx", "no graph at all")]
    public void Inspect_DamagedFile_NamesIt(string file, string text)
    {
        using var bundle = new RandomBundle(TestConfigs.Default);
        File.WriteAllText(Path.Combine(bundle.Folder, file), text);
        var rejected = Assert.Throws<BundleRejectedException>(() => BundleInspector.Inspect(bundle.Folder, Accelerator.Find("h100")!));
        Assert.That(rejected.Faults.Single().File, Is.EqualTo(file));
    }
}
