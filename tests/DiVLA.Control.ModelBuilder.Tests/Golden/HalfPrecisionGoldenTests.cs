using DiVLA.Control.ModelBuilder.Onnx.Schema;
using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.TestSupport;
using Type = DiVLA.Control.ModelBuilder.Onnx.Schema.TensorProto.Types.DataType;

namespace DiVLA.Control.ModelBuilder.Tests.Golden;

/// <summary>Graphs in 16 bits: built right, and where the CPU can cast its way through them, as good as 16 bits can be.</summary>
[Category("Golden")]
[TestFixtureSource(typeof(GoldenFolder), nameof(GoldenFolder.AllCases))]
internal sealed class HalfPrecisionGoldenTests(GoldenCase golden)
{
    [Test]
    public void Backbone_Half_EqualsTheOriginalWithinItsPrecision()
    {
        using var backbone = new GoldenBackbone(golden, TensorDtype.F16);
        using var expected = SafetensorsFile.Open(golden.ExpectedPath);
        using var session = backbone.OpenBackbone();
        var generated = expected.Integers("generated_ids");
        backbone.SetInputs(session, expected, generated.AsSpan()[..^1]);
        session.Run();

        RelativeDifference.Check("prompt_hidden_mean", session.Buffer<float>("prompt_mean"), expected.Floats("prompt_hidden_mean"), RelativeDifference.Half);
        Assert.That(session.Buffer<long>("draft_argmax")[..generated.Length].ToArray(), Is.EqualTo(generated));
        if (generated.Length == 1) return;
        var hidden = session.Buffer<float>("phrase_hidden")[..((generated.Length - 1) * backbone.Parts.Decoder.HiddenSize)];
        RelativeDifference.Check("reasoning_hidden", hidden, expected.Floats("reasoning_hidden"), RelativeDifference.Half);
        RelativeDifference.Check("reasoning_hidden_mean", session.Buffer<float>("reasoning_mean"), expected.Floats("reasoning_hidden_mean"), RelativeDifference.Half);
    }

    [TestCase(TensorDtype.F16, Type.Float16)]
    [TestCase(TensorDtype.BF16, Type.Bfloat16)]
    public void Graphs_SixteenBits_HaveEveryWeightAndTheCacheInThem(TensorDtype dtype, Type type)
    {
        using var backbone = new GoldenBackbone(golden, dtype);
        foreach (var graph in new[] { backbone.BackboneModel.Graph, backbone.ReasoningModel.Graph })
        {
            var reals = graph.Initializer.Where(tensor => tensor.DataType is not ((int)Type.Int64 or (int)Type.Int32)).ToArray();
            Assert.That(reals, Has.All.Matches<TensorProto>(tensor => tensor!.DataType == (int)type));
            Assert.That(reals.Count(tensor => tensor.DataLocation == TensorProto.Types.DataLocation.External), Is.GreaterThan(4 * backbone.Parts.Decoder.Layers));
            var cache = graph.Output.Where(output => output.Name.Contains("keys.") || output.Name.Contains("values.")).ToArray();
            Assert.That(cache, Has.Length.EqualTo(2 * backbone.Parts.Decoder.Layers));
            Assert.That(cache, Has.All.Matches<ValueInfoProto>(output => output!.Type.TensorType.ElemType == (int)type));
            // What is handed to the policy is fp32 whatever the graph computes in.
            Assert.That(graph.Output.Except(cache), Has.All.Matches<ValueInfoProto>(output => output!.Type.TensorType.ElemType is (int)Type.Float or (int)Type.Int64));
        }
    }

    [Test]
    public void Weights_PackedWhereConverted_AreOneTensorALayer()
    {
        using var backbone = new GoldenBackbone(golden, ConvertedType());
        var packed = backbone.BackboneModel.Graph.Initializer.Where(tensor => tensor.Name.EndsWith("/qkv_proj/weight", StringComparison.Ordinal)).ToArray();
        Assert.That(packed, Has.Length.EqualTo(backbone.Parts.Decoder.Layers));
        var decoder = backbone.Parts.Decoder;
        Assert.That(packed[0].Dims, Is.EqualTo(new long[] { decoder.QueryWidth + 2 * decoder.KeyWidth, decoder.HiddenSize }));
    }

    // What is stored in the type of the graphs stays where it is, a tensor for each projection.
    private TensorDtype ConvertedType()
    {
        var files = Directory.GetFiles(golden.Folder.Checkpoint, "model*.safetensors");
        return files.Any(file => Stored(file).Contains(SafetensorsDtype.F16)) ? TensorDtype.BF16 : TensorDtype.F16;
    }

    private static SafetensorsDtype[] Stored(string path)
    {
        using var file = SafetensorsFile.Open(path);
        return [.. file.Tensors.Values.Select(tensor => tensor.Dtype).Distinct()];
    }
}
