using DiVLA.Control.ModelBuilder.Checkpoints.Published;
using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Tests.Checkpoints.Published;

public sealed class PublishedWeightsTests
{
    private const string FirstShard = "model-00001-of-00002.safetensors";
    private const string Query = "model.layers.0.self_attn.q_proj.weight";

    private CheckpointCopy _copy;

    [SetUp]
    public void Copy() => _copy = new CheckpointCopy();

    [TearDown]
    public void Clean() => _copy.Dispose();

    [Test]
    public void Place_RightTypeAndAlignment_StaysInItsShard()
    {
        using var weights = Open(TensorDtype.F32);
        using var shard = SafetensorsFile.Open(_copy.PathOf(FirstShard));
        Assert.That(weights.Place(Query), Is.EqualTo(new StoredTensor(FirstShard, shard.Entry(Query).FileOffset, shard.Entry(Query).Length)));
        Assert.That(weights.Kept.Select(kept => Path.GetFileName(kept.Path)), Is.EqualTo(new[] { FirstShard }));
        Assert.That(weights.Converted.Count, Is.Zero);
    }

    [TestCase(TensorDtype.F16, SafetensorsDtype.F16)]
    [TestCase(TensorDtype.BF16, SafetensorsDtype.BF16)]
    public void Place_OtherType_IsConvertedInTheOrderAskedFor(TensorDtype wanted, SafetensorsDtype stored)
    {
        using var weights = Open(wanted);
        string[] names = [Query, "model.layers.0.self_attn.k_proj.weight", "model.layers.0.self_attn.v_proj.weight"];
        var places = Array.ConvertAll(names, weights.Place);
        Assert.That(places[1].Offset, Is.EqualTo(places[0].Offset + places[0].Length));
        Assert.That(places[2].Offset, Is.EqualTo(places[1].Offset + places[1].Length));
        Assert.That(weights.Kept, Is.Empty);

        var path = _copy.PathOf(PublishedWeights.ConvertedFileName);
        weights.Converted.Write(path);
        using var converted = SafetensorsFile.Open(path);
        Assert.That(converted.Tensors.Keys, Is.EquivalentTo(names));
        for (var i = 0; i < names.Length; i++)
        {
            Assert.That(converted.Entry(names[i]).Dtype, Is.EqualTo(stored));
            Assert.That(converted.Entry(names[i]).FileOffset, Is.EqualTo(places[i].Offset));
            var (original, rounded) = (weights.Floats(names[i]), converted.Floats(names[i]));
            for (var j = 0; j < original.Length; j++) Assert.That(rounded[j], Is.EqualTo(original[j]).Within(Math.Abs(original[j]) / 128 + 1e-7));
        }
    }

    [Test]
    public void Place_BrainFloats_AreWidenedExactly()
    {
        byte[] Brain(TensorData tensor) => FloatBytes.Of(TensorDtype.BF16, System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(tensor.Bytes.Span));
        _copy.Rewrite(FirstShard, tensor => [tensor with { Dtype = SafetensorsDtype.BF16, Bytes = Brain(tensor) }]);
        using var weights = Open(TensorDtype.F32);
        weights.Place(Query);
        weights.Converted.Write(_copy.PathOf(PublishedWeights.ConvertedFileName));
        using var converted = SafetensorsFile.Open(_copy.PathOf(PublishedWeights.ConvertedFileName));
        using var shard = SafetensorsFile.Open(_copy.PathOf(FirstShard));
        Assert.That(converted.Floats(Query), Is.EqualTo(shard.Floats(Query)));
    }

    [Test]
    public void Open_LinkedShards_AreFollowed()
    {
        var blobs = Directory.CreateDirectory(_copy.PathOf("blobs")).FullName;
        File.Move(_copy.PathOf(FirstShard), Path.Combine(blobs, "0a1b2c"));
        File.CreateSymbolicLink(_copy.PathOf(FirstShard), Path.Combine("blobs", "0a1b2c"));
        using var weights = Open(TensorDtype.F32);
        Assert.That(weights.Place(Query).FileName, Is.EqualTo(FirstShard));
    }

    [Test]
    public void Open_ShardMissing_NamesIt()
    {
        File.Delete(_copy.PathOf(FirstShard));
        Assert.That(Faults(), Has.Some.EqualTo($"{_copy.PathOf(FirstShard)}: is missing."));
    }

    [Test]
    public void Open_ShardCutShort_NamesIt()
    {
        File.WriteAllBytes(_copy.PathOf(FirstShard), File.ReadAllBytes(_copy.PathOf(FirstShard))[..^100]);
        Assert.That(Faults(), Has.Some.Contains(FirstShard));
    }

    [Test]
    public void Open_TensorNotWhereTheIndexSays_IsNamedInBothFiles()
    {
        _copy.Edit(ShardIndex.FileName, index => index["weight_map"]![Query] = "model-00002-of-00002.safetensors");
        var faults = Faults();
        Assert.That(faults, Has.Some.Contains("model-00002-of-00002").And.Contains(Query).And.Contains("is missing"));
        Assert.That(faults, Has.Some.Contains(FirstShard).And.Contains(Query).And.Contains("is not listed"));
    }

    [Test]
    public void Open_IndexThatLeavesTheFolder_IsRefused()
    {
        _copy.Edit(ShardIndex.FileName, index => index["weight_map"]![Query] = "../elsewhere.safetensors");
        Assert.That(Faults(), Has.Some.Contains("../elsewhere.safetensors"));
    }

    [Test]
    public void Graphs_TensorsMissingAndOfOtherShapes_AreAllNamed()
    {
        _copy.Edit(ShardIndex.FileName, index => index["weight_map"]!.AsObject().Remove("model.norm.weight"));
        _copy.Rewrite(FirstShard, tensor => tensor.Name == "model.norm.weight" ? [] : tensor.Name == Query ? [tensor with { Shape = [32, 128] }] : [tensor]);
        _copy.Rewrite("model-00002-of-00002.safetensors", tensor => tensor.Name == "model.norm.weight" ? [] : [tensor]);
        using var weights = Open(TensorDtype.F32);
        var source = new WeightSource(weights);
        source.Find(Query, [64, 64]);
        source.Find("model.norm.weight", [64]);
        var faults = Assert.Throws<ModelBuildException>(source.ThrowOnFaults)!.Faults;
        Assert.That(faults, Has.Count.EqualTo(2).And.Some.Contains(Query).And.Some.Contains("model.norm.weight"));
    }

    private PublishedWeights Open(TensorDtype dtype)
    {
        var faults = new List<string>();
        var weights = PublishedWeights.Open(_copy.Folder, dtype, faults);
        Assert.That(faults, Is.Empty);
        return weights;
    }

    private List<string> Faults()
    {
        var faults = new List<string>();
        using var weights = PublishedWeights.Open(_copy.Folder, TensorDtype.F32, faults);
        return faults;
    }
}
