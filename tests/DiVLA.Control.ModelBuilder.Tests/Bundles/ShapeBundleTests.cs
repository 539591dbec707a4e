using DiVLA.Control.ModelBuilder.Bundles;
using DiVLA.Control.ModelBuilder.Checkpoints.Shapes;
using DiVLA.Control.ModelBuilder.Costs;
using DiVLA.Control.Policy;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Tests.Bundles;

public sealed class ShapeBundleTests
{
    private const string Tiny = "tiny";

    private static readonly Accelerator _gpu = Accelerator.Find("h100")!;

    private static IEnumerable<string> Shapes => ModelShape.Names;

    private TemporaryFolder _folder;

    [SetUp]
    public void Create() => _folder = new TemporaryFolder();

    [TearDown]
    public void Clean() => _folder.Dispose();

    [TestCase(TensorDtype.F32)]
    [TestCase(TensorDtype.F16)]
    [TestCase(TensorDtype.BF16)]
    public void Build_Tiny_GivesABundleThatVerifies(TensorDtype precision)
    {
        var request = BuildRequest.OfShape(Tiny, _folder.File("bundle")) with { Published = new PublishedOptions { Precision = precision } };
        var built = BundleBuilder.Build(request);
        Assert.That(built.Manifest.Precision, Is.EqualTo(precision));
        Assert.That(built.Manifest.License, Is.EqualTo("CC0-1.0"));
        if (precision != TensorDtype.BF16) Assert.That(PolicyBundle.Verify(_folder.File("bundle"), new PolicyOptions()), Is.Empty);
    }

    [Test]
    public void Build_Twice_GivesTheSameRevision()
    {
        var first = BundleBuilder.Build(BuildRequest.OfShape(Tiny, _folder.File("first"))).Manifest.Revision;
        Assert.That(BundleBuilder.Build(BuildRequest.OfShape(Tiny, _folder.File("second"))).Manifest.Revision, Is.EqualTo(first));
    }

    // Sizes of the published models, billions of parameters: language model, tied or not, and vision tower.
    [TestCase("qwen2-vl-2b", 2.21)]
    [TestCase("qwen2-vl-7b", 8.29)]
    [TestCase("qwen2-vl-72b", 73.4)]
    public void Plan_OfAPublishedShape_HasItsParameters(string shape, double billions)
    {
        var plan = Plan(shape, TensorDtype.F16);
        Assert.That(plan.Stages[0].Parameters / 1e9, Is.EqualTo(billions).Within(0.5).Percent);
        Assert.That(plan.Estimate!.WeightBytes, Is.GreaterThan(2 * plan.Stages[0].Parameters), "decoding holds the decoder a second time");
    }

    [Test]
    public void Plan_2BOnAnH100_IsTheRoofline()
    {
        var plan = Plan("qwen2-vl-2b", TensorDtype.F16);
        StageCost Cost(PolicyStage stage) => plan.Stages.Single(entry => entry.Stage == stage).Cost!;
        // 350 tokens: 0.93 TFLOP; 1188 patches: 1.73 TFLOP; a token reads 1.54 G parameters.
        Assert.That(Cost(PolicyStage.Backbone).Flops, Is.EqualTo(2.7e12).Within(10).Percent);
        Assert.That(Cost(PolicyStage.Reasoning).RooflineMs, Is.EqualTo(0.92).Within(3).Percent);
        Assert.That(plan.Estimate!.CacheBytes, Is.EqualTo(28_672 * CacheLength(plan)), "28 672 bytes a token");
        Assert.That(plan.Estimate.Devices, Is.EqualTo(1));
    }

    [Test]
    public void Plan_72B_TakesSeveralDevices() => Assert.That(Plan("qwen2-vl-72b", TensorDtype.F16).Estimate!.Devices, Is.GreaterThan(3));

    [Test]
    public void Plan_OfAShape_EqualsWhatIsBuilt([ValueSource(nameof(Shapes))] string shape)
    {
        var plan = Plan(shape, TensorDtype.F32);
        Assert.That(plan.Files[0].IsShared, Is.False);
        Assert.That(plan.Files.Select(file => file.Bytes), Is.All.Positive);
        if (shape != Tiny) return;
        BundleBuilder.Build(Request(Tiny, _folder.File("bundle"), TensorDtype.F32));
        foreach (var file in plan.Files)
            Assert.That(new FileInfo(Path.Combine(_folder.File("bundle"), file.Path)).Length, Is.EqualTo(file.Bytes), file.Path);
        var report = BundleInspector.Inspect(_folder.File("bundle"), _gpu);
        Assert.That(report.Stages.Select(stage => stage.Cost), Is.EqualTo(plan.Stages.Select(stage => stage.Cost)));
        Assert.That(report.Estimate, Is.EqualTo(plan.Estimate));
    }

    [Test]
    public void Plan_WritesNothing()
    {
        Plan(Tiny, TensorDtype.F16);
        Assert.That(Directory.EnumerateFileSystemEntries(_folder.Path), Is.Empty);
    }

    [Test]
    public void Build_UnknownShape_NamesTheKnownOnes() => Assert.That(
        () => BundleBuilder.Build(BuildRequest.OfShape("qwen3", _folder.File("bundle"))), Throws.TypeOf<ModelBuildException>().With.Message.Contains("qwen2-vl-2b"));

    private static long CacheLength(BuildPlan plan) => plan.Graphs[0].Outputs.Single(output => output.Name == "keys.0").Shape[2];

    private static BuildRequest Request(string shape, string bundle, TensorDtype precision) =>
        BuildRequest.OfShape(shape, bundle) with { Published = new PublishedOptions { Precision = precision, InstructionTokens = 32, PhraseTokens = 20 } };

    private static BuildPlan Plan(string shape, TensorDtype precision) => BundleBuilder.Plan(Request(shape, "", precision), _gpu);
}
