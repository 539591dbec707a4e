using DiVLA.Control.ModelBuilder.Checkpoints.Published;
using DiVLA.Control.ModelBuilder.Costs;
using DiVLA.Control.ModelBuilder.Graphs;
using DiVLA.Control.ModelBuilder.Onnx.Schema;
using DiVLA.Control.TestSupport.Heads;
using Microsoft.ML.OnnxRuntime;

namespace DiVLA.Control.ModelBuilder.Tests.Costs;

/// <summary>Shapes that are worked out must be those that ONNX Runtime finds when it runs the graph.</summary>
public sealed class GraphShapesTests
{
    [TestCase(Shape.Default)]
    [TestCase(Shape.Odd)]
    public void Infer_EveryGraphOfABundle_EqualsWhatRunsGive(Shape shape)
    {
        using var bundle = RandomBundle.Of(shape);
        var graphs = bundle.Manifest.Graphs;
        foreach (var graph in new[] { graphs.Backbone, graphs.Reasoning, graphs.Diffusion, bundle.Manifest.Embodiments[0].Graph })
            CheckShapes(Path.Combine(bundle.Folder, graph.File));
    }

    [Test]
    public void Infer_PublishedHeads_EqualsWhatRunsGive()
    {
        foreach (PolicyHeadConfig head in new PolicyHeadConfig[] { TestHeads.UnetOdd, TestHeads.ScaleDpOdd })
        {
            using var folder = new GraphFolder(RandomHeadWeights.Of(head, 2));
            var manifest = folder.Build("diffusion", graph => PublishedDiffusionGraph.Build(graph, head));
            CheckShapes(Path.Combine(folder.Folder, manifest.File));
        }
    }

    [Test]
    public void Infer_UnknownOperator_GivesNothing()
    {
        using var bundle = RandomBundle.Of(Shape.Odd);
        var model = Load(Path.Combine(bundle.Folder, bundle.Manifest.Graphs.Diffusion.File));
        model.Graph.Node[0].OpType = "Einsum";
        Assert.That(GraphShapes.Infer(model.Graph), Is.Null);
    }

    // Every float value becomes an output, and is asked for its shape.
    private static void CheckShapes(string path)
    {
        var model = Load(path);
        var shapes = GraphShapes.Infer(model.Graph)!;
        Assert.That(shapes, Is.Not.Null, path);
        var known = model.Graph.Output.Select(output => output.Name).ToHashSet();
        var computed = model.Graph.Node.SelectMany(node => node.Output).Where(name => name.Length > 0 && !known.Contains(name)).ToArray();
        foreach (var name in computed)
            model.Graph.Output.Add(new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)shapes[name].Type } } });
        var exposed = Path.Combine(Path.GetDirectoryName(path)!, $"exposed.{Guid.NewGuid():N}.onnx");
        File.WriteAllBytes(exposed, Google.Protobuf.MessageExtensions.ToByteArray(model));

        using var options = new SessionOptions { GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL };
        using var session = new InferenceSession(exposed, options);
        var inputs = session.InputMetadata.ToDictionary(input => input.Key, input => Zeros(input.Value));
        using var run = new RunOptions();
        using var results = session.Run(run, inputs, session.OutputNames);
        foreach (var (name, value) in session.OutputNames.Zip(results))
            Assert.That(value.GetTensorTypeAndShape().Shape, Is.EqualTo(shapes[name].Sizes), $"{Path.GetFileName(path)}: {name}");
        foreach (var input in inputs.Values) input.Dispose();
        File.Delete(exposed);
    }

    private static OrtValue Zeros(NodeMetadata input)
    {
        var value = OrtValue.CreateAllocatedTensorValue(
            OrtAllocator.DefaultInstance, input.ElementDataType, Array.ConvertAll(input.Dimensions, size => (long)size));
        value.GetTensorMutableRawData().Clear();
        return value;
    }

    private static ModelProto Load(string path) => ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
}
