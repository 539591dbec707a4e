using DiVLA.Control.ModelBuilder.Checkpoints.Published;
using DiVLA.Control.ModelBuilder.Graphs;
using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.ModelBuilder.Onnx.Schema;
using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.TestSupport;
using DiVLA.Control.TestSupport.Heads;
using Type = DiVLA.Control.ModelBuilder.Onnx.Schema.TensorProto.Types.DataType;

namespace DiVLA.Control.ModelBuilder.Tests.Golden;

/// <summary>Heads in 16 bits: as good as 16 bits can be where the CPU can cast its way through them, and built right for what it cannot run.</summary>
[Category("Golden")]
internal sealed class HalfPrecisionHeadGoldenTests
{
    private static IReadOnlyList<GoldenCase> Cases => GoldenFolder.AllCases;

    private static IEnumerable<GoldenFolder> ScaleDpFolders => GoldenFolder.All.Where(folder => Directory.Exists(folder.PathOf("scaledp")));

    [TestCaseSource(nameof(Cases))]
    public void Unet_Half_EqualsTheOriginalWithinItsPrecision(GoldenCase golden)
    {
        using var folder = new TemporaryFolder();
        using var expected = SafetensorsFile.Open(golden.ExpectedPath);
        var head = GoldenHead.Read(Path.Combine(golden.Folder.Checkpoint, ModelConfig.FileName));
        var graph = Build(folder.Path, golden.Folder.Checkpoint, TensorDtype.F16, head);
        using var session = new GraphSession(folder.Path, graph);
        session.Set<float>("prompt_mean", expected.Floats("prompt_hidden_mean"));
        session.Set<float>("reasoning_mean", expected.Floats("reasoning_hidden_mean"));
        session.Set<float>("state", expected.Floats("state"));
        session.Set<float>("noise", expected.Floats("noise"));
        session.Run();
        RelativeDifference.Check("normalised actions", session.Buffer<float>("latent"), expected.Floats("normalised_actions"), RelativeDifference.Half);
    }

    [TestCaseSource(nameof(ScaleDpFolders))]
    public void ScaleDp_Half_EqualsTheOriginalWithinItsPrecision(GoldenFolder golden)
    {
        using var folder = new TemporaryFolder();
        using var expected = SafetensorsFile.Open(golden.PathOf("scaledp/expected.safetensors"));
        var head = GoldenHead.Read(golden.PathOf("scaledp/config.json"));
        using var session = new GraphSession(folder.Path, Build(folder.Path, ScaleDpCheckpoint(folder, golden, head), TensorDtype.F16, head));
        session.Set<float>("prompt_mean", expected.Floats("condition"));
        session.Set<float>("reasoning_mean", new float[head.ConditionSize]);
        session.Set<float>("state", expected.Floats("state"));
        session.Set<float>("noise", expected.Floats("noise"));
        session.Run();
        RelativeDifference.Check("normalised actions", session.Buffer<float>("latent"), expected.Floats("normalised_actions"), RelativeDifference.Half);
    }

    [TestCase(TensorDtype.F16, Type.Float16)]
    [TestCase(TensorDtype.BF16, Type.Bfloat16)]
    public void Unet_SixteenBits_HasEveryWeightInThem_AndTakesAndGivesSingle(TensorDtype dtype, Type type)
    {
        using var folder = new TemporaryFolder();
        var head = GoldenHead.Read(Path.Combine(GoldenFolder.Own.Checkpoint, ModelConfig.FileName));
        var graph = ModelProto.Parser.ParseFrom(File.ReadAllBytes(folder.File(Build(folder.Path, GoldenFolder.Own.Checkpoint, dtype, head).File))).Graph;
        var weights = graph.Initializer.Where(tensor => tensor.DataLocation == TensorProto.Types.DataLocation.External).ToArray();
        Assert.That(weights, Has.Length.GreaterThan(50).And.All.Matches<TensorProto>(tensor => tensor!.DataType == (int)type));
        Assert.That(graph.Input.Concat(graph.Output), Has.All.Matches<ValueInfoProto>(value => value!.Type.TensorType.ElemType == (int)Type.Float));
        // What the scheduler multiplies by is fp32, whatever the head computes in.
        Assert.That(graph.Initializer.Count(tensor => tensor.DataType == (int)Type.Float && tensor.Name.StartsWith("/constants/single.", StringComparison.Ordinal)), Is.GreaterThan(20));
    }

    // Film that passes the prompt's mean, and the head, in one file.
    private static string ScaleDpCheckpoint(TemporaryFolder folder, GoldenFolder golden, PolicyHeadConfig head)
    {
        var checkpoint = Directory.CreateDirectory(folder.File("checkpoint")).FullName;
        using var weights = SafetensorsFile.Open(golden.PathOf("scaledp/model.safetensors"));
        SafetensorsWriter.Write(
            Path.Combine(checkpoint, "model.safetensors"), [.. FilmWeights.PassingThePromptMean(head.ConditionSize), .. GraphFolder.Copies(weights)]);
        return checkpoint;
    }

    private static GraphManifest Build(string folder, string checkpoint, TensorDtype dtype, PolicyHeadConfig head)
    {
        var faults = new List<string>();
        using var weights = PublishedWeights.Open(checkpoint, dtype, faults);
        var source = new WeightSource(weights);
        var graph = new GraphBuilder("diffusion", source);
        PublishedDiffusionGraph.Build(graph, head);
        source.ThrowOnFaults();
        Assert.That(faults, Is.Empty);
        File.WriteAllBytes(Path.Combine(folder, "diffusion.onnx"), graph.ToBytes());
        weights.Converted.Write(Path.Combine(folder, PublishedWeights.ConvertedFileName));
        // Weights that have the graph's type already are read from the checkpoint's files.
        foreach (var file in Directory.GetFiles(checkpoint, "*.safetensors")) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        return new GraphManifest("diffusion.onnx", [.. graph.Inputs], [.. graph.Outputs], new Dictionary<string, string>());
    }
}
