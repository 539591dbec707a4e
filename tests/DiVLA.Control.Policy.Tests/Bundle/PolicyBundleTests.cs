using System.Text.Json.Nodes;
using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.Policy.Tests.Bundle;

/// <summary>A damaged or mismatched bundle is refused with file, field, found and expected; a good one is not.</summary>
[TestFixture]
internal sealed class PolicyBundleTests
{
    private const string Manifest = PolicyManifest.FileName;
    private const string Profile = "embodiments/panda/embodiment.json";
    private const string Weights = "model.safetensors";

    private BundleCopy _bundle = null!;

    [SetUp]
    public void Copy() => _bundle = new BundleCopy();

    [TearDown]
    public void Delete() => _bundle.Dispose();

    [Test]
    public void Verify_GoodBundle_FindsNothing()
    {
        Assert.That(_bundle.Verify(), Is.Empty);
    }

    [Test]
    public void Load_GoodBundle_GivesManifestAndProfiles()
    {
        using var bundle = PolicyBundle.Load(_bundle.Directory, SharedBundles.Lenient with { RehearsalInferences = 3 });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(bundle.Manifest.Latent.Horizon, Is.EqualTo(16));
            Assert.That(bundle.Embodiments.Keys, Is.EqualTo(new[] { "panda" }));
            Assert.That(bundle.Embodiments["panda"].JointCount, Is.EqualTo(7));
        }
    }

    [Test]
    public void Load_NoSuchFolder_SaysSo()
    {
        var error = Assert.Throws<BundleRejectedException>(() => PolicyBundle.Load("/no/such/bundle", SharedBundles.Lenient))!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(error.Faults, Is.EqualTo(new[] { new BundleFault(Manifest, "file", "no such file", "a file") }));
            Assert.That(error.Message, Does.Contain("/no/such/bundle").And.Contain("no such file"));
        }
    }

    [TestCase("\"control_rate_hz\": 82", "\"control_rate_hz\": 41")]
    [TestCase("\"sample_period_ticks\": 4", "\"sample_period_ticks\": 8")]
    [TestCase("\"revision\": \"", "\"revision\": \"f")]
    public void Verify_ManifestChangedAfterItWasBuilt_IsFound(string from, string to)
    {
        var path = _bundle.PathOf(Manifest);
        var text = File.ReadAllText(path);
        Assert.That(text, Does.Contain(from));
        File.WriteAllText(path, text.Replace(from, to, StringComparison.Ordinal));
        Assert.That(_bundle.Verify(), Has.Some.Matches<BundleFault>(fault => fault is { File: Manifest, Field: "revision" }));
    }

    [Test]
    public void Verify_BundleWithSlotsAndScene_FindsNothing()
    {
        Assert.That(PolicyBundle.Verify(SharedBundles.SteerableDirectory, SharedBundles.Lenient), Is.Empty);
        using var bundle = PolicyBundle.Load(SharedBundles.SteerableDirectory, SharedBundles.Lenient);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(bundle.Manifest.PhraseSlots.Select(slot => slot.Name), Is.EqualTo(new[] { PhraseSlot.Object, PhraseSlot.Bin }));
            Assert.That(bundle.Manifest.Scene!.Kinds, Has.Length.EqualTo(3));
        }
    }

    [Test]
    public void Verify_SeveralFaultsInSeveralFiles_ReportsThemTogether()
    {
        File.Delete(_bundle.PathOf("reasoning.onnx"));
        _bundle.Edit(Profile, profile => profile["state_id"] = "joints-14");
        _bundle.Edit(Manifest, manifest => manifest["cameras"]![1]!["width"] = 0);
        var files = _bundle.Verify().Select(fault => fault.File).Distinct();
        Assert.That(files, Is.SupersetOf(new[] { "reasoning.onnx", Profile, Manifest }));
    }

    [Test]
    public void Verify_JsonCutShort_IsAFaultOfTheDocument()
    {
        _bundle.Patch(Manifest, bytes => bytes[..(bytes.Length / 2)]);
        Assert.That(Only(_bundle.Verify()), Has.Property("File").EqualTo(Manifest).And.Property("Field").EqualTo("document"));
    }

    [TestCase("{}", "schema_version")]
    [TestCase("[]", "")]
    [TestCase("null", "null")]
    [TestCase("", "")]
    public void Verify_NotAManifest_IsOneFault(string text, string found)
    {
        File.WriteAllText(_bundle.PathOf(Manifest), text);
        Assert.That(Only(_bundle.Verify()).Found, Does.Contain(found));
    }

    [Test]
    public void Verify_UnknownMember_IsNamed()
    {
        _bundle.Edit(Manifest, manifest => manifest["colour"] = "blue");
        Assert.That(Only(_bundle.Verify()).Found, Does.Contain("colour"));
    }

    [Test]
    public void Verify_NullInAnArray_IsNamed()
    {
        _bundle.Edit(Manifest, manifest => manifest["cameras"]![1] = null);
        Assert.That(_bundle.Verify(), Is.EqualTo(new[] { new BundleFault(Manifest, "cameras[1]", "null", "a value") }));
    }

    [Test]
    public void Verify_WrongTypeOfMember_NamesTheField()
    {
        _bundle.Edit(Manifest, manifest => manifest["cameras"]![0]!["width"] = "wide");
        Assert.That(Only(_bundle.Verify()).Field, Is.EqualTo("cameras[0].width"));
    }

    [Test]
    public void Verify_LaterSchema_IsRefusedBeforeAnythingElse()
    {
        _bundle.Edit(Manifest, manifest => manifest["schema_version"] = 2);
        Assert.That(_bundle.Verify(), Is.EqualTo(new[] { new BundleFault(Manifest, "schema_version", "2", "1") }));
    }

    private static IEnumerable<TestCaseData> ManifestFaults()
    {
        yield return Fault("name", m => m["name"] = " ");
        yield return Fault("cameras", m => m["cameras"] = new JsonArray());
        yield return Fault("cameras[1].name", m => m["cameras"]![1]!["name"] = "front");
        yield return Fault("cameras[0].height", m => m["cameras"]![0]!["height"] = 5000);
        yield return Fault("cameras[1].width", m => m["cameras"]![1]!["width"] = 32);
        yield return Fault("state.id", m => m["state"]!["id"] = "joints-14");
        yield return Fault("state.size", m => m["state"]!["size"] = 14);
        yield return Fault("latent.id", m => m["latent"]!["id"] = "pca-24");
        yield return Fault("latent.rms", m => m["latent"]!["rms"]!.AsArray().RemoveAt(15));
        yield return Fault("latent.rms[2]", m => m["latent"]!["rms"]![2]![1] = 0);
        yield return Fault("prompt.template", m => m["prompt"]!["template"] = "do it");
        yield return Fault("prompt.max_phrase_tokens", m => m["prompt"]!["max_phrase_tokens"] = 0);
        yield return Fault("special_tokens", m => m["special_tokens"]!["eos"] = 0);
        yield return Fault("phrase_slots[0].after", m => m["phrase_slots"] = Slots(Slot("object", " ", 2)));
        yield return Fault("phrase_slots[0].after", m => m["phrase_slots"] = Slots(Slot("object", "grab", 2)), "unknown");
        yield return Fault("phrase_slots[0].words", m => m["phrase_slots"] = Slots(Slot("object", "target", 0)));
        yield return Fault("phrase_slots[0].words", m => m["phrase_slots"] = Slots(Slot("object", "target", 16)), "too many");
        yield return Fault("phrase_slots[1].name", m => m["phrase_slots"] = Slots(Slot("bin", "in the", 1), Slot("bin", "target", 1)));
        yield return Fault("phrase_slots[0].name", m => m["phrase_slots"] = Slots(Slot("phase", "now", 1)));
        yield return Fault("phrase_slots[0].values[1]", m => m["phrase_slots"] = Slots(Slot("bin", "in the", 1, "left", "right bin")));
        yield return Fault("phrase_slots[0].values[0]", m => m["phrase_slots"] = Slots(Slot("bin", "in the", 1, "sideways")));
        yield return Fault("phrase_slots[0].values", m => (m["phrase_slots"] = Slots(Slot("bin", "in the", 1)))![0]!["values"] = new JsonArray());
        yield return Fault("scene.camera", m => m["scene"] = SceneOf("back", "red cube"));
        yield return Fault("scene.kinds", m => m["scene"] = SceneOf("front"));
        yield return Fault("scene.kinds[1]", m => m["scene"] = SceneOf("front", "red cube", "red cube"));
        yield return Fault("scene.kinds[0]", m => m["scene"] = SceneOf("front", "red torch"));
        yield return Fault("graphs.backbone.outputs.presence", m => m["scene"] = SceneOf("front", "red cube"));
        yield return Fault("scheduler.kind", m => m["scheduler"]!["kind"] = "ddpm");
        yield return Fault("scheduler.timesteps", m => m["scheduler"]!["timesteps"]![0] = 5);
        yield return Fault("scheduler.prediction_type", m => m["scheduler"]!["prediction_type"] = "velocity");
        yield return Fault("scheduler.clip_sample_range", m => m["scheduler"]!["clip_sample_range"] = -1);
        yield return Fault("control_rate_hz", m => m["control_rate_hz"] = 0);
        yield return Fault("sample_period_ticks", m => m["sample_period_ticks"] = 0);
        yield return Fault("decoder.layers", m => m["decoder"]!["layers"] = 0);
        yield return Fault("decoder.cache_length", m => m["decoder"]!["cache_length"] = 20);
        yield return Fault("embodiments", m => m["embodiments"] = new JsonArray());
        yield return Fault("graphs.backbone.file", m => m["graphs"]!["backbone"]!["file"] = "other.onnx");
        yield return Fault("embodiments[0].profile", m => m["embodiments"]![0]!["profile"] = "../panda.json");
        yield return Fault("files[0].path", m => m["files"]![0]!["path"] = "../embodiment.json");
        yield return Fault("files[1].path", m => m["files"]![1]!["path"] = "/etc/passwd");
        yield return Fault("files[2].path", m => m["files"]![2]!["path"] = "a/./b");
        yield return Fault("files[3].path", m => m["files"]![3]!["path"] = "..\\b");
        yield return Fault("graphs.backbone.inputs.state.dtype", m => Input(m, "state")["dtype"] = "f16");
        yield return Fault("graphs.backbone.inputs.state.shape", m => Input(m, "state")["shape"] = new JsonArray(1, 14));
        yield return Fault("graphs.backbone.inputs.depth", m => Input(m, "state")["name"] = "depth");
        yield return Fault("graphs.backbone.inputs.state", m => Input(m, "state")["name"] = "depth");

        static TestCaseData Fault(string field, Action<JsonNode> change, string because = "") =>
            new TestCaseData(field, change).SetName($"Verify_ManifestFault_NamesTheField({field}{(because.Length > 0 ? $", {because}" : "")})");

        static JsonArray Slots(params JsonNode[] slots) => new(slots);

        static JsonObject Slot(string name, string after, int words, params string[] values)
        {
            var slot = new JsonObject { ["name"] = name, ["after"] = after, ["words"] = words };
            if (values.Length > 0) slot["values"] = new JsonArray([.. values.Select(value => (JsonNode)value)]);
            return slot;
        }

        static JsonObject SceneOf(string camera, params string[] kinds) =>
            new() { ["camera"] = camera, ["kinds"] = new JsonArray([.. kinds.Select(kind => (JsonNode)kind)]) };

        static JsonNode Input(JsonNode manifest, string name) =>
            manifest["graphs"]!["backbone"]!["inputs"]!.AsArray().Single(input => (string)input!["name"]! == name)!;
    }

    [TestCaseSource(nameof(ManifestFaults))]
    public void Verify_ManifestFault(string field, Action<JsonNode> change)
    {
        _bundle.Edit(Manifest, change);
        Assert.That(_bundle.Verify().Select(fault => (fault.File, fault.Field)), Does.Contain((Manifest, field)));
    }

    [Test]
    public void Verify_OneByteChanged_IsAWrongDigest()
    {
        _bundle.Patch(Weights, bytes =>
        {
            bytes[^1] ^= 1;
            return bytes;
        });
        Assert.That(Only(_bundle.Verify()), Has.Property("File").EqualTo(Weights).And.Property("Field").EqualTo("sha256"));
    }

    [Test]
    public void Verify_WeightsCutShort_SaysTheSizes()
    {
        var length = new FileInfo(_bundle.PathOf(Weights)).Length;
        _bundle.Patch(Weights, bytes => bytes[..^4]);
        Assert.That(_bundle.Verify(), Is.EqualTo(new[] { new BundleFault(Weights, "bytes", $"{length - 4}", $"{length}") }));
    }

    [Test]
    public void Verify_WeightsCutShortAndSignedAgain_SaysWhichTensorIsMissing()
    {
        _bundle.Patch(Weights, bytes => bytes[..^4]);
        _bundle.Sign(Weights);
        Assert.That(_bundle.Verify().Select(fault => fault.Field), Is.Not.Empty.And.All.StartWith("external_data of "));
    }

    [Test]
    public void Verify_WeightsThatNobodyListed_AreNotServed()
    {
        _bundle.Edit(Manifest, manifest =>
        {
            var files = manifest["files"]!.AsArray();
            files.Remove(files.Single(file => (string?)file!["path"] == Weights));
        });
        var faults = _bundle.Verify();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(faults, Has.All.Property("Field").EqualTo("external_data"));
            Assert.That(faults.Select(fault => fault.File), Is.EquivalentTo(new[] { "backbone.onnx", "reasoning.onnx", "diffusion.onnx" }));
        }
    }

    [Test]
    public void Verify_FileBehindASymbolicLink_IsRefused()
    {
        File.Move(_bundle.PathOf(Weights), _bundle.PathOf("real.safetensors"));
        File.CreateSymbolicLink(_bundle.PathOf(Weights), _bundle.PathOf("real.safetensors"));
        Assert.That(Only(_bundle.Verify()), Is.EqualTo(new BundleFault(Weights, "file", "a symbolic link", "a file of the bundle's own")));
    }

    [Test]
    public void Verify_GraphOfAnotherStage_ListsEveryInputAndOutputThatDiffers()
    {
        File.Copy(_bundle.PathOf("diffusion.onnx"), _bundle.PathOf("reasoning.onnx"), overwrite: true);
        _bundle.Sign("reasoning.onnx");
        var faults = _bundle.Verify();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(faults, Has.All.Property("File").EqualTo("reasoning.onnx"));
            Assert.That(faults, Does.Contain(new BundleFault("reasoning.onnx", "inputs.token", "nothing", "i64 [1, 1]")));
            Assert.That(faults, Does.Contain(new BundleFault("reasoning.onnx", "inputs.noise", "f32 [1, 16, 7]", "nothing")));
        }
    }

    [Test]
    public void Verify_OneGraphForTwoStages_IsFaultsNotAnException()
    {
        _bundle.Edit(Manifest, manifest => manifest["graphs"]!["reasoning"]!["file"] = "diffusion.onnx");
        Assert.That(_bundle.Verify(), Does.Contain(new BundleFault("diffusion.onnx", "inputs.token", "nothing", "i64 [1, 1]")));
    }

    [Test]
    public void Verify_SizesThatTheGraphsDoNotHave_AreFaultsOfManifestAndGraph()
    {
        _bundle.Edit(Manifest, manifest => manifest["decoder"]!["hidden_size"] = 64);
        var faults = _bundle.Verify();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(faults, Does.Contain(new BundleFault(Manifest, "graphs.diffusion.inputs.prompt_mean.shape", "[1, 128]", "[1, 64]")));
            Assert.That(faults, Does.Contain(new BundleFault("diffusion.onnx", "inputs.prompt_mean.shape", "[1, 128]", "[1, 64]")));
        }
    }

    [Test]
    public void Verify_GraphOfNoise_IsNoOnnxModel()
    {
        _bundle.Patch("diffusion.onnx", _ => [0xFF, 0xFF, 0xFF, 0xFF, 0x07]);
        _bundle.Sign("diffusion.onnx");
        Assert.That(Only(_bundle.Verify()), Has.Property("File").EqualTo("diffusion.onnx").And.Property("Field").EqualTo("graph"));
    }

    [Test]
    public void Verify_GraphCutShort_IsNoOnnxModel()
    {
        _bundle.Patch("diffusion.onnx", bytes => bytes[..(bytes.Length / 2)]);
        _bundle.Sign("diffusion.onnx");
        Assert.That(Only(_bundle.Verify()), Has.Property("File").EqualTo("diffusion.onnx").And.Property("Field").EqualTo("graph"));
    }

    [TestCase("model.embed_tokens.weight", "backbone.onnx")]
    [TestCase("policy_head.output.bias", "diffusion.onnx")]
    public void Verify_WeightIsNotANumber_NamesTheGraphThatShowsIt(string tensor, string graph)
    {
        using (var file = SafetensorsFile.Open(_bundle.PathOf(Weights)))
        {
            var entry = file.Entry(tensor);
            _bundle.Patch(Weights, bytes =>
            {
                for (var offset = entry.FileOffset; offset < entry.FileOffset + entry.Length; offset += 4)
                    BitConverter.TryWriteBytes(bytes.AsSpan((int)offset), float.NaN);
                return bytes;
            });
        }
        _bundle.Sign(Weights);
        Assert.That(_bundle.Verify(), Does.Contain(new BundleFault(graph, "probe", "numbers that are not finite", "finite outputs")));
    }

    private static IEnumerable<TestCaseData> ProfileFaults()
    {
        yield return Fault("name", p => p["name"] = "iiwa");
        yield return Fault("state_id", p => p["state_id"] = "joints-14");
        yield return Fault("latent_id", p => p["latent_id"] = "pca-24");
        yield return Fault("control_rate_hz", p => p["control_rate_hz"] = -82);
        yield return Fault("velocity_limit_rad_per_s", p => p["velocity_limit_rad_per_s"]!.AsArray().RemoveAt(6));
        yield return Fault("jerk_limit_rad_per_s3", p => p["jerk_limit_rad_per_s3"]![0] = 0);
        yield return Fault("position_lower_rad[2]", p => p["position_lower_rad"]![2] = 100);
        yield return Fault("rest_rad[0]", p => p["rest_rad"]![0] = 9);
        yield return Fault("gripper.open_width_m", p => p["gripper"]!["open_width_m"] = 0);
        yield return Fault("gripper.speed_m_per_s", p => p["gripper"]!["speed_m_per_s"] = 0);
        yield return Fault("links", p => p["links"]!.AsArray().RemoveAt(7));
        yield return Fault("links[3]", p => p["links"]![3]![0] = 0.5);
        yield return Fault("links[4]", p => p["links"]![4]!.AsArray().RemoveAt(0));
        yield return Fault("mount", p => p["mount"] = new JsonArray(1, 2, 3));
        yield return Fault("mapping.kind", p => p["mapping"]!["kind"] = "affine");
        yield return Fault("mapping.displacement_rms_rad", p => p["mapping"]!["displacement_rms_rad"]!.AsArray().RemoveAt(0));
        yield return Fault("mapping.trained_latent_max", p => p["mapping"]!["trained_latent_max"]![0] = -1);
        yield return Fault("mapping.trained_lower_rad[1]", p => p["mapping"]!["trained_lower_rad"]![1] = 9);
        yield return Fault("mapping.probe_poses", p => p["mapping"]!["probe_poses"] = new JsonArray());
        yield return Fault("mapping.probe_poses[1].tool_pose", p => p["mapping"]!["probe_poses"]![1]!["joints_rad"]![0] = 0.4);
        yield return Fault("mapping.probe_poses[0].joints_rad", p => p["mapping"]!["probe_poses"]![0]!["joints_rad"] = new JsonArray(1));

        static TestCaseData Fault(string field, Action<JsonNode> change) =>
            new TestCaseData(field, change).SetName($"Verify_ProfileFault_NamesTheField({field})");
    }

    [TestCaseSource(nameof(ProfileFaults))]
    public void Verify_ProfileFault(string field, Action<JsonNode> change)
    {
        _bundle.Edit(Profile, change);
        Assert.That(_bundle.Verify().Select(fault => (fault.File, fault.Field)), Does.Contain((Profile, field)));
    }

    private static IEnumerable<TestCaseData> TokenizerFaults()
    {
        yield return Fault("model.type", t => t["model"]!["type"] = "BPE");
        yield return Fault("normalizer.type", t => t["normalizer"] = null);
        yield return Fault("pre_tokenizer.type", t => t["pre_tokenizer"]!["type"] = "ByteLevel");
        yield return Fault("model.vocab", t => t["model"]!["vocab"]!["red"] = 4000);
        yield return Fault("model.unk_token", t => t["model"]!["unk_token"] = "<eos>");

        static TestCaseData Fault(string field, Action<JsonNode> change) =>
            new TestCaseData(field, change).SetName($"Verify_TokenizerFault_NamesTheField({field})");
    }

    [TestCaseSource(nameof(TokenizerFaults))]
    public void Verify_TokenizerFault(string field, Action<JsonNode> change)
    {
        _bundle.Edit("tokenizer.json", change);
        Assert.That(_bundle.Verify().Select(fault => (fault.File, fault.Field)), Does.Contain(("tokenizer.json", field)));
    }

    [Test]
    public void ToJson_OfAManifest_ReadsBackTheSame()
    {
        var manifest = SharedBundles.Loaded.Manifest;
        var text = manifest.ToJson();
        var read = System.Text.Json.JsonSerializer.Deserialize<PolicyManifest>(text, PolicyManifest.JsonOptions)!;
        Assert.That(read.ToJson(), Is.EqualTo(text));
    }

    private static BundleFault Only(IReadOnlyList<BundleFault> faults)
    {
        Assert.That(faults, Has.Count.EqualTo(1), string.Join('\n', faults));
        return faults[0];
    }
}
