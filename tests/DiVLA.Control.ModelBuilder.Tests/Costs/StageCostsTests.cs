using DiVLA.Control.ModelBuilder.Bundles;
using DiVLA.Control.ModelBuilder.Costs;
using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.ModelBuilder.Onnx.Schema;
using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.Policy;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.TestSupport.Heads;
using static DiVLA.Control.ModelBuilder.Onnx.Attributes;

namespace DiVLA.Control.ModelBuilder.Tests.Costs;

public sealed class StageCostsTests
{
    private static readonly Accelerator _gpu = new("test", "test", Bandwidth: 1e9, HalfRate: 4e9, SingleRate: 1e9, MemoryBytes: 1000);

    [Test]
    public void Gemm_OfFewRows_TakesAsLongAsItsWeights()
    {
        var cost = CostOf(1, graph => graph.LinearNoBias("/x", graph.Input("rows", TensorDtype.F32, 1, 100), "w", 100, 300), 300);
        Assert.That(cost.Flops, Is.EqualTo(2 * 100 * 300));
        Assert.That(cost.BytesMoved, Is.EqualTo(4 * (100 + 100 * 300 + 300)));
        Assert.That(cost.RooflineMs, Is.EqualTo(1e3 * 4 * 100 * 300 / 1e9).Within(1e-9), "60 kFLOP at 1 GFLOP/s take half as long as the 120 kB of weights at 1 GB/s");
    }

    [Test]
    public void Gemm_OfManyRows_TakesAsLongAsItsProducts()
    {
        var cost = CostOf(500, graph => graph.LinearNoBias("/x", graph.Input("rows", TensorDtype.F32, 500, 100), "w", 100, 300), 300);
        Assert.That(cost.RooflineMs, Is.EqualTo(1e3 * 2 * 500 * 100 * 300 / 1e9).Within(1e-9));
        Assert.That(cost.ExpectedMs, Is.EqualTo(cost.RooflineMs / 0.75 + 1.25e-3).Within(1e-9), "three quarters of the roofline, and a gap between kernels");
    }

    [Test]
    public void Views_AndWhatIsMadeOfConstants_TakeNothing()
    {
        var cost = CostOf(4, graph =>
        {
            var folded = graph.Concat("/folded", 0, graph.Weight("w.weight", 300, 100), graph.Weight("w.weight", 300, 100));
            var rows = graph.Reshape("/view", graph.Input("rows", TensorDtype.F32, 2, 200), 4, 100);
            return graph.Gemm("/x", rows, folded, Value.None);
        }, 600);
        Assert.That(cost.BytesMoved, Is.EqualTo(4 * (4 * 100 + 100 * 600 + 4 * 600)), "the product alone");
        Assert.That(cost.PeakActivationBytes, Is.EqualTo(4 * (600 * 100 + 4 * 600)), "folded weights are counted until they are read");
    }

    [Test]
    public void Table_IsReadOnlyWhereItIsAskedFor()
    {
        var cost = CostOf(3, graph => graph.Gather("/x", graph.Weight("w.weight", 300, 100), graph.Input("rows", TensorDtype.I64, 3)), 100);
        Assert.That(cost.BytesMoved, Is.EqualTo(2 * 4 * 3 * 100));
    }

    [Test]
    public void Attention_IsCountedByPairsOfPlaces()
    {
        const int Places = 10, Width = 32;
        var whole = CostOf(Places, graph => Attend(graph, Places, Value.None), Width, places: Places);
        Assert.That(whole.Flops, Is.EqualTo(4 * Places * (Places + 1) / 2 * Width));
        var step = CostOf(1, graph => Attend(graph, 1, graph.Input("past", TensorDtype.F32, 1, 2, 64, 16)), Width, places: 1);
        Assert.That(step.Flops, Is.EqualTo(4 * 64 * Width));
        Assert.That(step.RooflineMs, Is.EqualTo(1e3 * 4 * (2 * 64 * 16 + 2) / 1e9).Within(1e-9), "the cache is read anew every time");
        Assert.That(step.BytesMoved, Is.EqualTo(4 * (3 * Width + 2 * 64 * 16 + 2)), "queries, keys, values, the cache (once: both are one here), two numbers of places");
    }

    [Test]
    public void Estimate_OfAPolicyTooLarge_SaysHowManyDevicesItTakes()
    {
        var cost = new StageCost(PolicyStage.Backbone, 1, 1, 500, 1, 2);
        StageReport Stage(PolicyStage stage) => new(stage, "x.onnx", 1, 300, [TensorDtype.F16], 600, cost with { Stage = stage });
        var stages = new[] { Stage(PolicyStage.Backbone), Stage(PolicyStage.Reasoning), Stage(PolicyStage.Diffusion), Stage(PolicyStage.Embodiment) };
        var estimate = PolicyEstimate.Of(stages, new DecoderManifest(2, 3, 4, 5, 12, TensorDtype.F16), _gpu)!;
        Assert.That(estimate.CacheBytes, Is.EqualTo(2 * 2 * 3 * 4 * 5 * 2));
        Assert.That(estimate.DeviceBytes, Is.EqualTo(3 * 600 + 2 * 480 + 500), "Embodiment stays on the host");
        Assert.That(estimate.Devices, Is.EqualTo(4));
        Assert.That((estimate.PassMs, estimate.TokenMs, estimate.PhraseMs), Is.EqualTo((4.0, 2.0, 40.0)));
        Assert.That(PolicyEstimate.Of([stages[0] with { Cost = null }], new DecoderManifest(1, 1, 1, 1, 1), _gpu), Is.Null);
    }

    private static Value Attend(GraphBuilder graph, int places, Value past) => graph.Reshape("/x", graph.ContribNode(
        "/x",
        "GroupQueryAttention",
        [
            graph.Input("rows", TensorDtype.F32, 1, places, 96), Value.None, Value.None, past, past,
            graph.Constant("last", [places - 1], 1), graph.Constant("total", [places]),
        ],
        ["output", "keys", "values"],
        Attribute("num_heads", 2L),
        Attribute("kv_num_heads", 2L))[0], places, 32);

    private static StageCost CostOf(int rows, Func<GraphBuilder, Value> build, int columns, int? places = null)
    {
        using var folder = new GraphFolder([TensorData.FromFloats("w.weight", [300, 100], new float[30000])]);
        var manifest = folder.Build("graph", graph => graph.Output(build(graph), "y", TensorDtype.F32, places ?? rows, columns));
        var graph = ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(folder.Folder, manifest.File))).Graph;
        return GraphReports.Stages(PolicyStage.Backbone, manifest.File, graph, _gpu).Single().Cost!;
    }
}
