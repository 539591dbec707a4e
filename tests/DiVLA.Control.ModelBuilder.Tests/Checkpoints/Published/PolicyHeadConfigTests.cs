using System.Text.Json;
using System.Text.Json.Nodes;
using DiVLA.Control.ModelBuilder.Checkpoints.Published;
using DiVLA.Control.TestSupport.Heads;

namespace DiVLA.Control.ModelBuilder.Tests.Checkpoints.Published;

public sealed class PolicyHeadConfigTests
{
    private static readonly JsonSerializerOptions _json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    [TestCase("""{ "down_dims": [12, 40, 36] }""", "down_dims[0]: 12 channels cannot be divided into the last norm's 8 groups")]
    [TestCase("""{ "n_groups": 5 }""", "down_dims: 16 channels cannot be divided into n_groups, 5")]
    [TestCase("""{ "kernel_size": 4 }""", "kernel_size: is 4, an odd number is needed")]
    [TestCase("""{ "prediction_horizon": 20 }""", "prediction_horizon: 20 cannot be halved 3 times")]
    [TestCase("""{ "diffusion_step_embed_dim": 7 }""", "diffusion_step_embed_dim: is 7, an even number from 4 is needed")]
    [TestCase("""{ "num_inference_timesteps": 7 }""", "num_inference_timesteps: 7 does not divide num_train_timesteps, 100")]
    [TestCase("""{ "input_dim": 0 }""", "input_dim: is 0, at least 1 is needed")]
    [TestCase("""{ "down_dims": [] }""", "down_dims: is 0, at least 1 is needed")]
    [TestCase("""{ "global_cond_dim": 64 }""", "global_cond_dim: is 64, the backbone's hidden_size is 48")]
    public void Faults_OfAUnet_AreNamed(string changes, string expected) =>
        Assert.That(Faults(PolicyHeadConfig.UnetType, TestHeads.UnetOdd, 48, changes), Has.Some.StartsWith($"policy_head_config.{expected}"));

    [TestCase("""{ "num_heads": 7 }""", "num_heads: 7 does not divide n_emb, 48")]
    [TestCase("""{ "learn_sigma": true }""", "learn_sigma: is true, only false can be built")]
    [TestCase("""{ "is_tinyvla": true }""", "is_tinyvla: is true, only false can be built")]
    [TestCase("""{ "obs_as_cond": false }""", "obs_as_cond: is false, only true can be built")]
    [TestCase("""{ "depth": 0 }""", "depth: is 0, at least 1 is needed")]
    [TestCase("""{ "cond_dim": 64 }""", "cond_dim: is 64, the backbone's hidden_size is 40")]
    public void Faults_OfAScaleDp_AreNamed(string changes, string expected) =>
        Assert.That(Faults(PolicyHeadConfig.ScaleDpType, TestHeads.ScaleDpOdd, 40, changes), Has.Some.StartsWith($"policy_head_config.{expected}"));

    [Test]
    public void Read_UnknownType_OrMissingField_IsNamed()
    {
        var empty = JsonDocument.Parse("{}").RootElement;
        Assert.That(() => PolicyHeadConfig.Read("flow", empty), Throws.TypeOf<ModelBuildException>().With.Message.Contains("policy_head_type: 'flow' is unknown"));
        Assert.That(
            () => PolicyHeadConfig.Read(PolicyHeadConfig.UnetType, empty),
            Throws.TypeOf<ModelBuildException>().With.Message.Contains("policy_head_config: ").And.Message.Contains("'down_dims'"));
    }

    [Test]
    public void Read_HuggingFaceFieldsBeside_ArePassedOver() =>
        Assert.That(Faults(PolicyHeadConfig.UnetType, TestHeads.UnetOdd, 48, """{ "torchscript": false, "id2label": { "0": "LABEL_0" } }"""), Is.Empty);

    private static string[] Faults<T>(string type, T head, int hiddenSize, string changes) where T : PolicyHeadConfig
    {
        var json = JsonSerializer.SerializeToNode(head, _json)!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(changes)!.AsObject()) json[name] = value?.DeepClone();
        return [.. PolicyHeadConfig.Read(type, json.Deserialize<JsonElement>()).Faults(hiddenSize)];
    }
}
