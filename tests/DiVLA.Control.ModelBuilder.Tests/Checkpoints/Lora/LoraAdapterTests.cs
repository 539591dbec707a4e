using System.Text.Json.Nodes;
using DiVLA.Control.ModelBuilder.Checkpoints.Lora;
using DiVLA.Control.ModelBuilder.Safetensors;

namespace DiVLA.Control.ModelBuilder.Tests.Checkpoints.Lora;

public sealed class LoraAdapterTests
{
    private const int Inputs = 5;
    private const int Outputs = 7;
    private const int Rank = 3;
    private const string A = "base_model.model.model.layers.0.q_proj.lora_A.weight";
    private const string B = "base_model.model.model.layers.0.q_proj.lora_B.weight";
    private const string Weight = "model.layers.0.q_proj.weight";

    private readonly float[] _a = Random(1, Rank * Inputs);
    private readonly float[] _b = Random(2, Outputs * Rank);

    [TestCase("""{}""", 8.0 / Rank)]
    [TestCase("""{ "use_rslora": true }""", 8 / 1.7320508075688772)]
    [TestCase("""{ "alpha_pattern": { "layers.0.q_proj": 5 } }""", 5.0 / Rank)]
    [TestCase("""{ "alpha_pattern": { "k_proj": 5 } }""", 8.0 / Rank)]
    [TestCase("""{ "r": 64, "rank_pattern": { "q_proj": 3 } }""", 8.0 / Rank)]
    public void Update_EqualsScalingTimesTheProduct(string changes, double scaling)
    {
        using var adapter = Open(changes, Factors());
        var weight = Random(3, Outputs * Inputs);
        var merged = weight.ToArray();
        adapter.Update(Weight)!.AddTo(0, merged);
        for (var row = 0; row < Outputs; row++)
            for (var column = 0; column < Inputs; column++)
                Assert.That(merged[row * Inputs + column], Is.EqualTo(weight[row * Inputs + column] + scaling * Product(row, column)).Within(1e-5));
    }

    [Test]
    public void Update_InPiecesOfAnyLength_EqualsTheWhole([Values(1, 2, 4, 13)] int length)
    {
        using var adapter = Open("{}", Factors());
        var update = adapter.Update(Weight)!;
        var (whole, pieces) = (new float[Outputs * Inputs], new float[Outputs * Inputs]);
        update.AddTo(0, whole);
        for (var begin = 0; begin < pieces.Length; begin += length)
            update.AddTo(begin, pieces.AsSpan(begin, Math.Min(length, pieces.Length - begin)));
        Assert.That(pieces, Is.EqualTo(whole).Within(1e-6));
    }

    [Test]
    public void Update_FanInFanOut_IsTransposed()
    {
        using var adapter = Open("""{ "fan_in_fan_out": true }""", Factors());
        var merged = new float[Inputs * Outputs];
        adapter.Update(Weight)!.AddTo(0, merged);
        Assert.That(merged[2 * Outputs + 4], Is.EqualTo(8.0 / Rank * Product(4, 2)).Within(1e-5));
        Assert.That(adapter.FaultsWith(_ => [Inputs, Outputs]), Is.Empty);
        Assert.That(adapter.FaultsWith(_ => [Outputs, Inputs]), Is.Not.Empty);
    }

    [Test]
    public void Update_OfAnEmbedding_IsTransposed()
    {
        const string Table = "base_model.model.model.embed_tokens.lora_embedding_";
        TensorData[] tensors =
            [TensorData.FromFloats($"{Table}A", [Rank, Inputs], _a), TensorData.FromFloats($"{Table}B", [Outputs, Rank], _b)];
        using var adapter = Open("""{ "target_modules": ["embed_tokens"] }""", tensors);
        var merged = new float[Inputs * Outputs];
        adapter.Update("model.embed_tokens.weight")!.AddTo(0, merged);
        Assert.That(merged[3 * Outputs + 1], Is.EqualTo(8.0 / Rank * Product(1, 3)).Within(1e-5));
    }

    [TestCase("""{ "target_modules": ".*\\.q_proj" }""")]
    [TestCase("""{ "target_modules": "all-linear" }""")]
    public void Open_TargetsByPattern_FindsThem(string changes)
    {
        using var adapter = Open(changes, Factors());
        Assert.That(adapter.Changes(Weight));
        Assert.That(adapter.Changes("model.layers.0.k_proj.weight"), Is.False);
    }

    [Test]
    public void Replacement_SavedModulesAndBiases_StandInForTheCheckpoints()
    {
        using var folder = new TemporaryFolder();
        Write(folder, """{ "bias": "lora_only", "modules_to_save": ["lm_head"] }""",
            [.. Factors(), Whole("base_model.model.lm_head.weight", 1), Whole("base_model.model.model.layers.0.q_proj.bias", 2)]);
        SafetensorsWriter.Write(
            folder.File(LoraAdapter.WholeFileName), [Whole("base_model.model.model.policy_head.combine.weight", 3), Whole("base_model.model.model.visual.merger.ln_q.bias", 4)]);
        var faults = new List<string>();
        using var adapter = LoraAdapter.Open(folder.Path, faults)!;
        Assert.That(faults, Is.Empty);
        Assert.That(Value(adapter, "lm_head.weight"), Is.EqualTo(1));
        Assert.That(Value(adapter, "model.layers.0.q_proj.bias"), Is.EqualTo(2));
        Assert.That(Value(adapter, "policy_head.combine.weight"), Is.EqualTo(3), "saved one module deeper");
        Assert.That(Value(adapter, "visual.merger.ln_q.bias"), Is.EqualTo(4));
        Assert.That(adapter.Replacement(Weight), Is.Null);
        Assert.That(adapter.FaultsWith(name => name == "lm_head.weight" ? [3] : [1]), Has.One.Contains("shape: is [1], the checkpoint's 'lm_head.weight' has [3]"));
    }

    [TestCase("""{ "peft_type": "LOHA" }""", "peft_type: is 'LOHA'")]
    [TestCase("""{ "use_dora": true }""", "use_dora: is true")]
    [TestCase("""{ "r": 0 }""", "r: is 0")]
    [TestCase("""{ "bias": "some" }""", "bias: is 'some'")]
    [TestCase("""{ "layer_replication": [[0, 1]] }""", "layer_replication: is set")]
    [TestCase("""{ "target_modules": ["q_proj", "gate_proj"] }""", "target_modules: no tensor belongs to 'gate_proj'")]
    [TestCase("""{ "target_modules": ["k_proj"] }""", "target_modules does not name 'model.layers.0.q_proj'")]
    public void Open_ConfigurationThatCannotBeMerged_IsRefused(string changes, string expected)
    {
        using var folder = new TemporaryFolder();
        Write(folder, changes, Factors());
        var faults = new List<string>();
        Assert.That(LoraAdapter.Open(folder.Path, faults), Is.Null);
        Assert.That(faults, Has.Some.Contains(expected));
    }

    [Test]
    public void Open_HalfAPair_OrAPickleBeside_IsRefused()
    {
        using var folder = new TemporaryFolder();
        Write(folder, "{}", Factors()[..1]);
        File.WriteAllText(folder.File("non_lora_trainables.bin"), "");
        var faults = new List<string>();
        Assert.That(LoraAdapter.Open(folder.Path, faults), Is.Null);
        Assert.That(faults, Has.Some.Contains($"tensor '{B}': is missing").And.Some.Contains("non_lora_trainables.bin: is a pickle"));
    }

    [Test]
    public void FaultsWith_OtherCheckpoint_NamesTensorAndShapes()
    {
        using var adapter = Open("{}", Factors());
        Assert.That(adapter.FaultsWith(_ => [Outputs, Inputs]), Is.Empty);
        Assert.That(adapter.FaultsWith(_ => null), Has.One.Contains($"has no tensor '{Weight}'"));
        Assert.That(adapter.FaultsWith(_ => [Outputs, 6]), Has.One.Contains($"[{Outputs}, {Inputs}], the checkpoint's '{Weight}' has [{Outputs}, 6]"));
        using var other = Open("""{ "r": 4 }""", Factors());
        Assert.That(other.FaultsWith(_ => [Outputs, Inputs]), Has.One.Contains("a first side of 4, the rank, is needed"));
    }

    private double Product(int row, int column) => Enumerable.Range(0, Rank).Sum(k => (double)_b[row * Rank + k] * _a[k * Inputs + column]);

    private TensorData[] Factors() => [TensorData.FromFloats(A, [Rank, Inputs], _a), TensorData.FromFloats(B, [Outputs, Rank], _b)];

    private static TensorData Whole(string name, float value) => TensorData.FromFloats(name, [1], [value]);

    private static float Value(LoraAdapter adapter, string name) => adapter.Replacement(name) is (var file, var stored) ? file.Floats(stored)[0] : float.NaN;

    private static LoraAdapter Open(string changes, TensorData[] tensors)
    {
        using var folder = new TemporaryFolder();
        Write(folder, changes, tensors);
        var faults = new List<string>();
        var adapter = LoraAdapter.Open(folder.Path, faults);
        Assert.That(faults, Is.Empty);
        return adapter!;
    }

    private static void Write(TemporaryFolder folder, string changes, TensorData[] tensors)
    {
        var config = new JsonObject { ["peft_type"] = "LORA", ["r"] = Rank, ["lora_alpha"] = 8, ["target_modules"] = new JsonArray("q_proj"), ["task_type"] = "CAUSAL_LM" };
        foreach (var (name, value) in JsonNode.Parse(changes)!.AsObject()) config[name] = value?.DeepClone();
        File.WriteAllText(folder.File(LoraConfig.FileName), config.ToJsonString());
        SafetensorsWriter.Write(folder.File(LoraAdapter.WeightsFileName), tensors);
    }

    private static float[] Random(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() * 2 - 1))];
    }
}
