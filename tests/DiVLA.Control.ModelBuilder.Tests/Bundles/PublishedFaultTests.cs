using System.Text;
using System.Text.Json.Nodes;
using DiVLA.Control.ModelBuilder.Checkpoints.Published;
using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.ModelBuilder.Statistics;

namespace DiVLA.Control.ModelBuilder.Tests.Bundles;

/// <summary>Published checkpoints with something wrong: one message names all of it, with file and tensor or field, and nothing is left behind.</summary>
public sealed class PublishedFaultTests
{
    private const string Query = "model.layers.0.self_attn.q_proj.weight";
    private const string Norm = "model.norm.weight";

    private PublishedCopy _copy;

    [SetUp]
    public void Copy() => _copy = new PublishedCopy();

    [TearDown]
    public void Clean() => _copy.Dispose();

    [Test]
    public void Build_FaultsOfEveryKind_AreListedTogether()
    {
        var (first, second) = (PublishedCopy.FirstShard, PublishedCopy.SecondShard);
        Rewrite(first, tensor => tensor.Name == Norm ? [] : tensor.Name == Query ? [tensor with { Shape = [32, 128] }] : [tensor], Norm);
        Add(second, "model.layers.9.extra.weight");
        File.Delete(_copy.Checkpoint.PathOf(PreprocessorConfig.FileName));
        File.Delete(_copy.Checkpoint.PathOf(ChatTemplate.FileName));
        _copy.Checkpoint.Edit(DatasetStatistics.FileName, json => json["action_min"]!.AsArray().RemoveAt(0));
        _copy.EditArm(arm => arm["cameras"]![0]!["width"] = 0);

        var faults = _copy.Faults();

        Assert.That(faults, Has.One.Contains($"{first}: tensor '{Query}': shape: is [32, 128], [64, 64] is needed"));
        Assert.That(faults, Has.One.Contains($"tensor '{Norm}': is missing"));
        Assert.That(faults, Has.One.Contains(second).And.Contains("tensor 'model.layers.9.extra.weight': no graph reads it"));
        Assert.That(faults, Has.One.Contains(PreprocessorConfig.FileName).And.Contains("is missing"));
        Assert.That(faults, Has.One.Contains(ChatTemplate.FileName).And.Contains("is missing"));
        Assert.That(faults, Has.One.Contains("action_min: has 7 numbers, the head has 8"));
        Assert.That(faults, Has.One.Contains("'cam0' is 0 x 240"));
        Assert.That(faults, Has.Count.EqualTo(7));
    }

    [Test]
    public void Build_UnknownArchitecture_IsNamed()
    {
        _copy.Checkpoint.Edit("config.json", config => config["model_type"] = "llava");
        Assert.That(_copy.Faults(), Has.One.Contains("config.json: model_type: is 'llava', qwen2_vl or qwen2_vla or dex_vla is needed"));
    }

    [TestCase("policy_head_type", "\"flow\"", "policy_head_type: 'flow' is unknown")]
    [TestCase("using_film", "false", "using_film: is false")]
    [TestCase("num_hidden_layers", "2000000000", "num_hidden_layers: is 2000000000, at most 1024")]
    [TestCase("hidden_size", "1073741824", "hidden_size: is 1073741824, at most 1048576")]
    [TestCase("image_token_id", "412", "image_token_id: is 412, 413, which tokenizer.json gives <|image_pad|>")]
    [TestCase("max_position_embeddings", "50", "max_position_embeddings: is 50")]
    public void Build_ImpossibleConfiguration_NamesTheField(string field, string value, string problem)
    {
        _copy.Checkpoint.Edit("config.json", config => config[field] = JsonNode.Parse(value));
        Assert.That(_copy.Faults(), Has.Some.Contains("config.json: ").And.Some.Contains(problem));
    }

    [TestCase("down_dims", "[2000000000]", "down_dims[0]: is 2000000000, at most 65536")]
    [TestCase("down_dims", "[8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8]", "down_dims: has 34 levels")]
    [TestCase("prediction_horizon", "1000000", "prediction_horizon: is 1000000")]
    public void Build_ImpossibleHead_NamesTheField(string field, string value, string problem)
    {
        _copy.Checkpoint.Edit("config.json", config => config["policy_head_config"]![field] = JsonNode.Parse(value));
        Assert.That(_copy.Faults(), Has.Some.Contains($"policy_head_config.{problem}"));
    }

    // A shard that cannot be read is one fault, not one for each of its tensors.
    private static IEnumerable<TestCaseData> Damages()
    {
        yield return Damage("cut off", "ends behind the data", bytes => bytes[..^100]);
        yield return Damage("longer than it says", "has ", bytes => [.. bytes, 0, 0]);
        yield return Damage("a header of 2^63 bytes", "header length: 9223372036854775807 bytes", bytes => [.. BitConverter.GetBytes(long.MaxValue), .. bytes[8..]]);
        yield return Damage("a header as long as memory", "header length: 90000000000 bytes", bytes => [.. BitConverter.GetBytes(90_000_000_000), .. bytes[8..]]);
        yield return Damage("a header longer than the file", "header length: 99999999 bytes, but only", bytes => [.. BitConverter.GetBytes(99_999_999L), .. bytes[8..]]);
        yield return Damage("an empty file", "header length", _ => []);
        yield return Damage("no JSON", "is not valid JSON", bytes => [.. bytes[..8], .. Enumerable.Repeat((byte)'[', bytes.Length - 8)]);
        yield return Damage("overlapping tensors", "but the tensor before it ends at 4", _ => File(
            """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}""", 6));
        yield return Damage("a shape beyond any file", "is larger than any file", _ => File(
            """{"a":{"dtype":"F32","shape":[4611686018427387904,4611686018427387904],"data_offsets":[0,4]}}""", 4));

        static byte[] File(string header, int data) => [.. BitConverter.GetBytes((long)header.Length), .. Encoding.UTF8.GetBytes(header), .. new byte[data]];
    }

    [TestCaseSource(nameof(Damages))]
    public void Build_DamagedShard_IsNamedOnce(string problem, Func<byte[], byte[]> damage)
    {
        var path = _copy.Checkpoint.PathOf(PublishedCopy.SecondShard);
        File.WriteAllBytes(path, damage(File.ReadAllBytes(path)));
        var faults = _copy.Faults();
        Assert.That(faults, Has.One.Items.And.All.Contains(PublishedCopy.SecondShard).And.All.Contains(problem));
    }

    [Test]
    public void Build_WithoutStatistics_SaysWhereTheyWereLookedForAndHowAPickleIsConverted()
    {
        File.Delete(_copy.Checkpoint.PathOf(DatasetStatistics.FileName));
        Assert.That(_copy.Faults(), Has.One.Contains("dataset_stats.json: is missing").And.Contains("divla model convert-statistics"));
    }

    [Test]
    public void Build_EmbodimentWithFaultsOfEveryKind_ListsThemTogether()
    {
        _copy.EditArm(arm =>
        {
            arm["bogus_field"] = 1;
            arm["hold"] = "fall";
            arm["control_rate_hz"] = "fast";
            arm["position_lower_rad"] = JsonNode.Parse("[[1]]");
            arm["cameras"]![0]!["width"] = "wide";
            arm.AsObject().Remove("rest_rad");
        });
        var faults = _copy.Faults();
        Assert.That(faults, Has.One.Contains("bogus_field: there is no such field"));
        Assert.That(faults, Has.One.Contains("hold: is \"fall\", one of decelerate_and_keep_position"));
        Assert.That(faults, Has.One.Contains("control_rate_hz: is \"fast\", a number is needed"));
        Assert.That(faults, Has.One.Contains("position_lower_rad: is [[1]], a list of numbers is needed"));
        Assert.That(faults, Has.One.Contains("cameras: ").And.Contains("width"));
        Assert.That(faults, Has.One.Contains("rest_rad: is missing"));
        Assert.That(faults, Has.Count.EqualTo(6));
    }

    [Test]
    public void Build_EmbodimentWithAFieldTooMany_IsCheckedAllTheSame()
    {
        _copy.EditArm(arm => (arm["bogus_field"], arm["name"]) = (1, "../up"));
        Assert.That(_copy.Faults(), Has.One.Contains("bogus_field").And.One.Contains("name: is '../up'"));
    }

    [Test]
    public void Build_WithoutEmbodiment_SaysSo() =>
        Assert.That(_copy.Faults(options => options with { EmbodimentFile = null }), Has.One.Contains("embodiment: no file is named"));

    [TestCase("joint_names", "[\"a\"]", "affine.actions: is missing: the head has 8 actions, the arm 1 joints and a gripper")]
    [TestCase("cameras", "[]", "cameras: there is none")]
    [TestCase("cameras", """[{"name":"a","width":9000,"height":10}]""", "'a' is 9000 x 10, sides of 1 to 4096 pixels are needed")]
    [TestCase("name", "\"../up\"", "name: is '../up'")]
    [TestCase("rest_rad", "[0]", "rest_rad: is 1 numbers, 7 numbers was expected")]
    [TestCase("unheard_of", "1", "unheard_of")]
    [TestCase("action_rate_hz", "0", "action_rate_hz: is 0")]
    [TestCase("gripper", "null", "gripper")]
    public void Build_WrongArm_NamesFileAndField(string field, string value, string problem)
    {
        _copy.EditArm(arm =>
        {
            if (field == "joint_names") arm.AsObject().Remove("affine");
            arm[field] = JsonNode.Parse(value);
        });
        Assert.That(_copy.Faults(), Has.Some.Contains("arm.json").And.Contains(problem));
    }

    [TestCase("actions", """["joint0","joint0","joint2","joint3","joint4","joint5","joint6","gripper"]""", "affine.actions[1]: is joint0, each name once was expected")]
    [TestCase("actions", """["elbow","joint1","joint2","joint3","joint4","joint5","joint6","gripper"]""", "affine.actions[0]: is elbow")]
    [TestCase("states", """["gripper"]""", "affine.states: is 1 names, 8 names was expected")]
    [TestCase("gripper_open", "null", "both or none was expected")]
    public void Build_WrongLayout_NamesFileAndField(string field, string value, string problem)
    {
        _copy.EditArm(arm => arm["affine"]![field] = JsonNode.Parse(value));
        Assert.That(_copy.Faults(), Has.Some.Contains("arm.json").And.Contains(problem));
    }

    [Test]
    public void Build_ActivationsBeyondHalf_AreRefusedWithTheNode()
    {
        static IEnumerable<TensorData> Louder(TensorData tensor, string name, float factor) =>
            tensor.Name == name ? [TensorData.FromFloats(tensor.Name, tensor.Shape, Array.ConvertAll(Numbers(tensor), number => number * factor))] : [tensor];
        foreach (var shard in new[] { PublishedCopy.FirstShard, PublishedCopy.SecondShard })
            _copy.Checkpoint.Rewrite(shard, tensor => Louder(tensor, "model.layers.1.mlp.down_proj.weight", 40_000));
        var faults = _copy.Faults(options => options with { Precision = Policy.Bundle.TensorDtype.F16 });
        Assert.That(faults, Has.Some.Contains("backbone.onnx: node '/layers.").And.Contains("fp16 holds 65504"));
        Assert.That(_copy.Build().Manifest.Precision, Is.EqualTo(Policy.Bundle.TensorDtype.F32), "in fp32 nothing is wrong");
    }

    [Test]
    public void Build_WeightsBeyondHalf_AreRefusedByName()
    {
        _copy.Checkpoint.Rewrite(PublishedCopy.FirstShard, tensor =>
        {
            if (tensor.Name != Query) return [tensor];
            var numbers = Numbers(tensor);
            numbers[7] = 70_000;
            return [TensorData.FromFloats(Query, tensor.Shape, numbers)];
        });
        var faults = _copy.Faults(options => options with { Precision = Policy.Bundle.TensorDtype.F16 });
        Assert.That(faults, Has.One.Items.And.All.Contains($"tensor '{Query}': has numbers beyond 65504"));
    }

    // The last row is one that no probe reads; weights of fp32 stay where they are, those of fp16 are converted.
    [Test]
    public void Build_WeightsThatAreNoNumbers_AreRefusedByName(
        [Values(Query, "model.embed_tokens.weight")] string name,
        [Values(float.NaN, float.NegativeInfinity)] float number,
        [Values(Policy.Bundle.TensorDtype.F32, Policy.Bundle.TensorDtype.F16)] Policy.Bundle.TensorDtype precision)
    {
        foreach (var shard in new[] { PublishedCopy.FirstShard, PublishedCopy.SecondShard })
            _copy.Checkpoint.Rewrite(shard, tensor =>
            {
                if (tensor.Name != name) return [tensor];
                var numbers = Numbers(tensor);
                numbers[^1] = number;
                return [TensorData.FromFloats(name, tensor.Shape, numbers)];
            });
        var faults = _copy.Faults(options => options with { Precision = precision });
        Assert.That(faults, Has.One.Items.And.All.Contains($".safetensors: tensor '{name}': has numbers that are NaN or infinite"));
    }

    private static float[] Numbers(TensorData tensor) => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(tensor.Bytes.Span).ToArray();

    private void Rewrite(string shard, Func<TensorData, IEnumerable<TensorData>> change, string gone)
    {
        _copy.Checkpoint.Rewrite(shard, change);
        _copy.Checkpoint.Edit(ShardIndex.FileName, index => index["weight_map"]!.AsObject().Remove(gone));
    }

    private void Add(string shard, string name)
    {
        var isFirst = true;
        _copy.Checkpoint.Rewrite(shard, tensor =>
        {
            TensorData[] both = isFirst ? [tensor, TensorData.FromFloats(name, [2], [1, 2])] : [tensor];
            isFirst = false;
            return both;
        });
        _copy.Checkpoint.Edit(ShardIndex.FileName, index => index["weight_map"]![name] = shard);
    }

    private static TestCaseData Damage(string name, string problem, Func<byte[], byte[]> damage) =>
        new TestCaseData(problem, damage).SetArgDisplayNames(name);
}
