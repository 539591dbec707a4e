using System.Text.Json.Nodes;
using DiVLA.Control.ModelBuilder.Checkpoints.Published;

namespace DiVLA.Control.ModelBuilder.Tests.Checkpoints.Published;

public sealed class Qwen2VlConfigTests
{
    private CheckpointCopy _copy;

    [SetUp]
    public void Copy() => _copy = new CheckpointCopy();

    [TearDown]
    public void Clean() => _copy.Dispose();

    [Test]
    public void Read_GoldenCheckpoint_HasNoFaults()
    {
        Assert.That(Faults(), Is.Empty);
    }

    private static IEnumerable<TestCaseData> Changes()
    {
        yield return Change("an unknown architecture", "model_type", config => config["model_type"] = "llava");
        yield return Change("a missing member", "num_hidden_layers: is missing", config => config.AsObject().Remove("num_hidden_layers"));
        yield return Change("a text for a number", "hidden_size", config => config["hidden_size"] = "64");
        yield return Change("heads that do not divide", "num_attention_heads", config => config["num_attention_heads"] = 5);
        yield return Change("key heads that do not divide", "num_key_value_heads", config => config["num_key_value_heads"] = 3);
        yield return Change("sections that are no half head", "mrope_section", config => config["rope_scaling"]!["mrope_section"] = new JsonArray(2, 2, 2));
        yield return Change("no layers", "num_hidden_layers", config => config["num_hidden_layers"] = 0);
        yield return Change("a sliding window", "use_sliding_window", config => config["use_sliding_window"] = true);
        yield return Change("an image token outside", "image_token_id", config => config["image_token_id"] = 448);
        yield return Change("another activation", "hidden_act", config => config["hidden_act"] = "gelu");
        yield return Change("another vision activation", "vision_config.hidden_act", config => config["vision_config"]!["hidden_act"] = "silu");
        yield return Change("vision heads that do not divide", "vision_config.num_heads", config => config["vision_config"]!["num_heads"] = 3);
        yield return Change("features of another width", "vision_config.hidden_size", config => config["vision_config"]!["hidden_size"] = 32);
        yield return Change("no vision at all", "vision_config: is missing", config => config.AsObject().Remove("vision_config"));
    }

    [TestCaseSource(nameof(Changes))]
    public void Read_WrongMember_NamesFileAndMember(string expected, Action<JsonNode> change)
    {
        _copy.Edit("config.json", change);
        Assert.That(Faults(), Has.Some.Contains(expected).And.Contains("config.json"));
    }

    [Test]
    public void Read_SeveralWrongMembers_NamesAll()
    {
        _copy.Edit("config.json", config =>
        {
            config["model_type"] = "llava";
            config["intermediate_size"] = -1;
            config.AsObject().Remove("vocab_size");
        });
        Assert.That(Faults(), Has.Some.Contains("model_type").And.Some.Contains("intermediate_size").And.Some.Contains("vocab_size"));
    }

    [Test]
    public void Vision_AsTransformersSavesIt_HasTheSizesThatAreLeftOut()
    {
        _copy.Edit("config.json", config => config["vision_config"] = new JsonObject
        {
            ["hidden_size"] = 64, ["in_chans"] = 3, ["model_type"] = "qwen2_vl", ["spatial_patch_size"] = 14,
        });
        var faults = new List<string>();
        var vision = Qwen2VlConfig.Read(JsonSection.Open(_copy.PathOf("config.json"), faults)!).Vision;
        Assert.That(faults, Is.Empty);
        Assert.That(vision, Is.EqualTo(new Qwen2VlVisionConfig(32, 1280, 64, 16, 4, 14, 2, 2)));
    }

    [TestCase("patch_size", 16)]
    [TestCase("merge_size", 4)]
    [TestCase("max_pixels", 1)]
    [TestCase("resample", 2)]
    public void Preprocessor_WrongMember_IsNamed(string member, int value)
    {
        _copy.Edit(PreprocessorConfig.FileName, json => json[member] = value);
        Assert.That(Faults(), Has.Some.Contains(member).And.Contains(PreprocessorConfig.FileName));
    }

    [Test]
    public void Preprocessor_Missing_IsNamed()
    {
        File.Delete(_copy.PathOf(PreprocessorConfig.FileName));
        Assert.That(Faults(), Is.EqualTo(new[] { $"{_copy.PathOf(PreprocessorConfig.FileName)}: is missing." }));
    }

    [Test]
    public void ChatTemplate_Missing_SaysWhereToGetIt()
    {
        File.Delete(_copy.PathOf(ChatTemplate.FileName));
        var faults = new List<string>();
        ChatTemplate.Render(_copy.Folder, 1, faults);
        Assert.That(faults.Single(), Does.Contain(ChatTemplate.FileName).And.Contain("copy it"));
    }

    [Test]
    public void ChatTemplate_InTheTokenizersConfig_IsEnough()
    {
        File.Delete(_copy.PathOf(ChatTemplate.FileName));
        _copy.Edit(TokenizerConfig.FileName, json => json["chat_template"] = ChatTemplate.Qwen2Vl);
        var faults = new List<string>();
        Assert.That(ChatTemplate.Render(_copy.Folder, 2, faults), Does.Contain("<|image_pad|><|vision_end|><|vision_start|><|image_pad|>"));
        Assert.That(faults, Is.Empty);
    }

    [Test]
    public void ChatTemplate_AsAProgram_IsReadFirst()
    {
        File.Delete(_copy.PathOf(ChatTemplate.FileName));
        var faults = new List<string>();
        File.WriteAllText(_copy.PathOf("chat_template.jinja"), ChatTemplate.Qwen2Vl);
        ChatTemplate.Render(_copy.Folder, 1, faults);
        Assert.That(faults, Is.Empty);
        File.WriteAllText(_copy.PathOf("chat_template.jinja"), "{{ messages[0] }}");
        ChatTemplate.Render(_copy.Folder, 1, faults);
        Assert.That(faults.Single(), Does.Contain("chat_template.jinja: chat_template: is not Qwen2-VL's"));
    }

    [Test]
    public void ChatTemplate_OfAnotherModel_IsRefused()
    {
        _copy.Edit(ChatTemplate.FileName, json => json["chat_template"] = "{{ messages[0] }}");
        var faults = new List<string>();
        ChatTemplate.Render(_copy.Folder, 1, faults);
        Assert.That(faults.Single(), Does.Contain("chat_template"));
    }

    private List<string> Faults()
    {
        var faults = new List<string>();
        var config = Qwen2VlConfig.Read(JsonSection.Open(_copy.PathOf("config.json"), faults)!);
        if (JsonSection.Open(_copy.PathOf(PreprocessorConfig.FileName), faults) is { } json) PreprocessorConfig.Read(json, config.Vision);
        return faults;
    }

    private static TestCaseData Change(string name, string expected, Action<JsonNode> change) =>
        new TestCaseData(expected, change).SetArgDisplayNames(name);
}
