using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using DiVLA.Control.ModelBuilder.Bundles;
using DiVLA.Control.ModelBuilder.Costs;
using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Onnx;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.ModelBuilder.Tests.Bundles;

public sealed class BundleBuilderTests
{
    private TemporaryFolder _folder;

    [SetUp]
    public void Write()
    {
        _folder = new TemporaryFolder();
        RandomCheckpoint.Write(Checkpoint, TestConfigs.Default, 3);
    }

    [TearDown]
    public void Clean() => _folder.Dispose();

    private string Checkpoint => _folder.File("checkpoint");

    private string Bundle => _folder.File("divla-tiny");

    [Test]
    public void Manifest_ListsEveryFileWithItsSizeAndHash()
    {
        var manifest = Build();
        var files = Directory.GetFiles(Bundle, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Bundle, path).Replace('\\', '/'));
        Assert.That(manifest.Files.Select(file => file.Path), Is.EquivalentTo(files.Except([PolicyManifest.FileName])));
        foreach (var file in manifest.Files)
        {
            var bytes = File.ReadAllBytes(Path.Combine(Bundle, file.Path));
            Assert.That(file.Bytes, Is.EqualTo(bytes.Length), file.Path);
            Assert.That(file.Sha256, Is.EqualTo(Convert.ToHexStringLower(SHA256.HashData(bytes))), file.Path);
        }
    }

    [Test]
    public void Manifest_OnDisk_IsTheOneReturned()
    {
        var manifest = Build();
        Assert.That(ManifestOnDisk().ToJson(), Is.EqualTo(manifest.ToJson()));
        Assert.That(manifest.Name, Is.EqualTo("divla-tiny"));
        Assert.That(manifest.License, Is.EqualTo("Apache-2.0"));
        Assert.That(manifest.Decoder, Is.EqualTo(new DecoderManifest(4, 2, 32, 63, 128)));
        Assert.That(manifest.Scheduler.Timesteps, Is.EqualTo(new[] { 90, 80, 70, 60, 50, 40, 30, 20, 10, 0 }));
        Assert.That(manifest.Scheduler.PredictionType, Is.EqualTo("sample"));
    }

    [Test]
    public void Revision_FollowsTheContentsAlone()
    {
        var first = Build().Revision;
        var again = BundleBuilder.Build(new BuildRequest(Checkpoint, _folder.File("elsewhere"))).Manifest.Revision;
        RandomCheckpoint.Write(Checkpoint, TestConfigs.Default, 4);
        var other = Build().Revision;
        Assert.That(again, Is.EqualTo(first));
        Assert.That(other, Is.Not.EqualTo(first));
    }

    [Test]
    public void Build_OverAnOldBundle_ReplacesAllOfIt()
    {
        Build();
        File.WriteAllText(Path.Combine(Bundle, "left-over"), "old");
        File.WriteAllText(Path.Combine(Bundle, "README.md"), "what people say");
        Build();
        Assert.That(File.Exists(Path.Combine(Bundle, "left-over")), Is.False);
        Assert.That(File.ReadAllText(Path.Combine(Bundle, "README.md")), Is.EqualTo("what people say"));
        Assert.That(Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName), Is.EquivalentTo(new[] { "checkpoint", "divla-tiny" }));
    }

    // A new policy of the same latent drives the arms that were added for the one before, to the bit.
    [Test]
    public void Build_OverABundleWithAnAddedArm_CarriesItOver()
    {
        Build();
        RandomCheckpoint.WriteEmbodiment(Bundle, ArmProfiles.Get("iiwa14"), TestConfigs.Default.Latent, seed: 6);
        var before = ArmFiles();
        RandomCheckpoint.Write(Checkpoint, TestConfigs.Default, 4);
        var manifest = Build();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ArmFiles(), Is.EqualTo(before));
            Assert.That(manifest.Embodiments.Select(embodiment => embodiment.Name), Is.EqualTo(new[] { "panda" }));
            Assert.That(manifest.Files.Select(file => file.Path), Has.None.Contains("iiwa14"));
            Assert.That(BundleInspector.Inspect(Bundle, Accelerator.Find("h100")!).AddedEmbodiments, Is.EqualTo(new[] { "iiwa14" }));
        }
    }

    [Test]
    public void Build_OverABundleWhoseAddedArmTheCheckpointHasToo_TakesTheCheckpoints()
    {
        Build();
        RandomCheckpoint.WriteEmbodiment(Bundle, ArmProfiles.Get("iiwa14"), TestConfigs.Default.Latent, seed: 6);
        RandomCheckpoint.WriteEmbodiment(Checkpoint, ArmProfiles.Get("iiwa14"), TestConfigs.Default.Latent, seed: 7);
        var before = ArmFiles();
        Assert.That(Build().Embodiments.Select(embodiment => embodiment.Name), Is.EqualTo(new[] { "iiwa14", "panda" }));
        Assert.That(ArmFiles(), Is.Not.EqualTo(before));
    }

    // Arms that the manifest lists are the bundle's own: the checkpoint says whether there shall be one.
    [Test]
    public void Build_FromACheckpointThatHasAnArmLess_LeavesItOut()
    {
        RandomCheckpoint.WriteEmbodiment(Checkpoint, ArmProfiles.Get("iiwa14"), TestConfigs.Default.Latent, seed: 7);
        Build();
        Directory.Delete(Path.Combine(Checkpoint, EmbodimentPaths.Folder, "iiwa14"), recursive: true);
        Build();
        Assert.That(Directory.Exists(Path.Combine(Bundle, EmbodimentPaths.Folder, "iiwa14")), Is.False);
    }

    [Test]
    public void Build_OfAnotherLatentThanAnAddedArms_AsksForItsTraining()
    {
        var revision = Build().Revision;
        RandomCheckpoint.WriteEmbodiment(Bundle, ArmProfiles.Get("iiwa14"), TestConfigs.Default.Latent, seed: 6);
        var before = ArmFiles();
        var latent = TestConfigs.Default.Latent;
        RandomCheckpoint.Write(Checkpoint, TestConfigs.Default with { Latent = latent with { Rms = [.. latent.Rms.Select(row => row.Select(rms => 2 * rms).ToArray())] } }, 4);
        Assert.That(Build, Throws.TypeOf<ModelBuildException>().With.Message.Contains("embodiments/iiwa14/embodiment.json: mapping.latent_rms").And.Message.Contains("train the embodiment again"));
        Assert.That((ManifestOnDisk().Revision, ArmFiles()), Is.EqualTo((revision, before)));
    }

    [Test]
    public void Build_ThatFails_LeavesTheOldBundleAndNothingElse()
    {
        var revision = Build().Revision;
        Rewrite(tensors => tensors.Remove("model.norm.weight"));
        Assert.Throws<ModelBuildException>(() => Build());

        Assert.That(ManifestOnDisk().Revision, Is.EqualTo(revision));
        Assert.That(Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName), Is.EquivalentTo(new[] { "checkpoint", "divla-tiny" }));
    }

    [Test]
    public void Build_OverSomethingElse_IsRefusedAndLeavesIt()
    {
        Directory.CreateDirectory(Bundle);
        File.WriteAllText(Path.Combine(Bundle, "thesis.tex"), "years of work");
        Assert.That(Build, Throws.TypeOf<ModelBuildException>().With.Message.Contains("holds no bundle"));
        Assert.That(File.ReadAllText(Path.Combine(Bundle, "thesis.tex")), Is.EqualTo("years of work"));
        Assert.That(() => BundleBuilder.Build(new BuildRequest(Checkpoint, Checkpoint)), Throws.TypeOf<ModelBuildException>());
    }

    [Test]
    public void Build_WhoseBundleFailsVerification_LeavesTheOldOneAndNothingElse()
    {
        var revision = Build().Revision;
        Edit("embodiments/panda/embodiment.json", profile => profile["velocity_limit_rad_per_s"]![2] = -1);
        Assert.That(Build, Throws.TypeOf<ModelBuildException>().With.Message.Contains("embodiments/panda/embodiment.json: velocity_limit_rad_per_s"));
        Assert.That(ManifestOnDisk().Revision, Is.EqualTo(revision));
        Assert.That(Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName), Is.EquivalentTo(new[] { "checkpoint", "divla-tiny" }));
    }

    [Test]
    public void Build_PublishedOptionsForATrainedCheckpoint_AreRefused()
    {
        var request = new BuildRequest(Checkpoint, Bundle) { Published = new PublishedOptions { LoraDirectory = "adapter", Precision = TensorDtype.F16 } };
        Assert.That(() => BundleBuilder.Build(request), Throws.TypeOf<ModelBuildException>().With.Message.Contains("an adapter, a precision"));
    }

    [Test]
    public void Build_WrongWeights_AreAllListedOnce()
    {
        Rewrite(tensors =>
        {
            tensors.Remove("model.layers.2.mlp.up_proj.weight");
            tensors["state_embed.0.weight"] = TensorData.FromFloats("state_embed.0.weight", [128, 12], new float[128 * 12]);
            tensors["policy_head.output.bias"] = new TensorData("policy_head.output.bias", SafetensorsDtype.F16, [112], new byte[224]);
        });
        var fault = Assert.Throws<ModelBuildException>(() => Build());
        Assert.That(fault.Faults, Has.Count.EqualTo(3));
        Assert.That(fault.Faults, Has.One.Contains("'model.layers.2.mlp.up_proj.weight': is missing, [352, 128] is needed"));
        Assert.That(fault.Faults, Has.One.Contains("'state_embed.0.weight': shape: is [128, 12], [128, 11] is needed"));
        Assert.That(fault.Faults, Has.One.Contains("'policy_head.output.bias': dtype: is F16, F32 is needed"));
    }

    [Test]
    public void Build_WrongFolder_ListsEveryFaultTogether()
    {
        File.Delete(Path.Combine(Checkpoint, "tokenizer.json"));
        File.WriteAllText(Path.Combine(Checkpoint, "model.safetensors"), "short");
        Edit("config.json", config => config["hidden_size"] = 0);
        Edit("embodiments/panda/embodiment.json", profile => profile["latent_id"] = "other/v1");
        var fault = Assert.Throws<ModelBuildException>(() => Build());
        Assert.That(fault.Faults, Has.One.EqualTo("tokenizer.json: is missing."));
        Assert.That(fault.Faults, Has.One.Contains("model.safetensors: header length"));
        Assert.That(fault.Faults, Has.One.Contains("config.json: hidden_size: is 0"));
        Assert.That(fault.Faults, Has.One.Contains("embodiment.json: latent_id: is 'other/v1', the policy has 'task-displacement-16x7/v1'"));
    }

    [TestCase("architecture", "\"gpt\"", "architecture: 'gpt'")]
    [TestCase("num_key_value_heads", "3", "num_key_value_heads: 3 does not divide")]
    [TestCase("head_dim", "24", "head_dim: is 24")]
    [TestCase("latent", """{"id":"task-displacement-16x7/v1","horizon":16,"size":7,"rms":[]}""", "latent.rms: is not [16, 7]")]
    [TestCase("cameras", "[]", "cameras: there is none")]
    [TestCase("cameras", """[{"name":"a","width":64,"height":64},{"name":"b","width":32,"height":64}]""", "cameras: 'b' is 32 x 64")]
    [TestCase("cameras", """[{"name":"a","width":60,"height":64}]""", "multiples of 16")]
    [TestCase("cameras", """[{"name":"a","width":32,"height":64}]""", "'a' gives 8")]
    [TestCase("rope_theta", "0", "rope_theta: is 0")]
    [TestCase("unheard_of", "1", "unheard_of")]
    public void Build_ImpossibleConfiguration_NamesTheField(string field, string value, string problem)
    {
        Edit("config.json", config => config[field] = JsonNode.Parse(value));
        var fault = Assert.Throws<ModelBuildException>(() => Build());
        Assert.That(fault.Faults, Has.Some.Contains(problem));
    }

    [Test]
    public void Progress_CountsEveryStep()
    {
        var reports = new Reports();
        BundleBuilder.Build(new BuildRequest(Checkpoint, Bundle), reports);
        Assert.That(reports.All.Select(report => report.Done), Is.EqualTo(Enumerable.Range(0, 10)));
        Assert.That(reports.All.Select(report => report.Total), Is.All.EqualTo(10));
        Assert.That(reports.All[^2].Step, Is.EqualTo(PolicyManifest.FileName));
        Assert.That(reports.All[^1].Step, Is.EqualTo("verification"));
    }

    [Test]
    public void Build_ForADeviceThatIsMissing_IsRefusedBeforeAnythingIsWritten()
    {
        var reports = new Reports();
        var request = new BuildRequest(Checkpoint, Bundle) { Onnx = new OnnxOptions { Provider = ExecutionProvider.Cuda } };
        Assert.That(() => BundleBuilder.Build(request, reports), Throws.TypeOf<OnnxUnavailableException>().With.Message.Contains("CUDAExecutionProvider"));
        Assert.That(reports.All, Is.Empty);
    }

    [Test]
    public void Build_WithoutRunningTheGraphs_NeedsNoDevice()
    {
        var request = new BuildRequest(Checkpoint, Bundle) { Onnx = new OnnxOptions { Provider = ExecutionProvider.Cuda }, Verification = BundleVerification.Structure };
        Assert.That(BundleBuilder.Build(request).Verification, Is.EqualTo(BundleVerification.Structure));
    }

    private PolicyManifest Build() => BundleBuilder.Build(new BuildRequest(Checkpoint, Bundle)).Manifest;

    private string[] ArmFiles() =>
        [.. Directory.GetFiles(Path.Combine(Bundle, EmbodimentPaths.Folder, "iiwa14")).Order(StringComparer.Ordinal).Select(file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))))];

    private PolicyManifest ManifestOnDisk() =>
        JsonSerializer.Deserialize<PolicyManifest>(File.ReadAllText(Path.Combine(Bundle, PolicyManifest.FileName)), PolicyManifest.JsonOptions)!;

    private void Rewrite(Action<Dictionary<string, TensorData>> change)
    {
        var path = Path.Combine(Checkpoint, "model.safetensors");
        Dictionary<string, TensorData> tensors;
        using (var file = SafetensorsFile.Open(path))
            tensors = file.Tensors.Values.ToDictionary(t => t.Name, t => new TensorData(t.Name, t.Dtype, t.Shape, file.Bytes(t.Name).ToArray()));
        change(tensors);
        SafetensorsWriter.Write(path, tensors.Values);
    }

    private void Edit(string file, Action<JsonNode> change)
    {
        var path = Path.Combine(Checkpoint, file);
        var json = JsonNode.Parse(File.ReadAllText(path))!;
        change(json);
        File.WriteAllText(path, json.ToJsonString());
    }

    private sealed class Reports : IProgress<BuildProgress>
    {
        public List<BuildProgress> All { get; } = [];

        public void Report(BuildProgress value) => All.Add(value);
    }
}
