using DiVLA.Control.Policy.Onnx;

namespace DiVLA.Control.Policy.Tests.Onnx;

[TestFixture]
internal sealed class GraphRunnerTests
{
    [Test]
    public void Run_AfterTheFirst_AllocatesNothing()
    {
        using var fixture = new EmbodimentGraph();
        for (var run = 0; run < 20; run++) fixture.Runner.Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var run = 0; run < 200; run++) fixture.Runner.Run();
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public void Run_AfterTheInputChangedInPlace_GivesAnotherOutput()
    {
        using var fixture = new EmbodimentGraph();
        fixture.Runner.Run();
        var first = fixture.Trajectory.Span.ToArray();
        fixture.Joints.Span[0] = 0.5f;
        fixture.Runner.Run();
        Assert.That(fixture.Trajectory.Span.ToArray(), Is.Not.EqualTo(first));
    }

    [Test]
    public void CopyPrefixFrom_SomePositions_LeavesTheOthers()
    {
        var shape = SharedBundles.Loaded.Manifest.Decoder;
        using var source = new KeyValueCache(shape);
        using var target = new KeyValueCache(shape);
        ((GraphTensor<float>)source.Keys[1]).Span.Fill(3);
        target.CopyPrefixFrom(source, positions: 50);

        var head = ((GraphTensor<float>)target.Keys[1]).Span.Slice(shape.CacheLength * shape.HeadDim, shape.CacheLength * shape.HeadDim).ToArray();
        Assert.That(head.Take(50 * shape.HeadDim), Has.All.EqualTo(3f));
        Assert.That(head.Skip(50 * shape.HeadDim), Has.All.Zero);
    }

    private sealed class EmbodimentGraph : IDisposable
    {
        private readonly OnnxGraph _graph = new(
            Path.Combine(SharedBundles.Directory, "embodiments/panda/embodiment.onnx"), new Dictionary<string, string>(), new OnnxOptions());

        private readonly GraphTensor<float> _latent = new(1, 16, 7);

        public EmbodimentGraph() =>
            Runner = new GraphRunner(_graph, [("latent", _latent), ("joints", Joints)], [("trajectory", Trajectory)]);

        public GraphTensor<float> Joints { get; } = new(1, 7);

        public GraphTensor<float> Trajectory { get; } = new(1, 16, 8);

        public GraphRunner Runner { get; }

        public void Dispose()
        {
            Runner.Dispose();
            _latent.Dispose();
            Joints.Dispose();
            Trajectory.Dispose();
            _graph.Dispose();
        }
    }
}
