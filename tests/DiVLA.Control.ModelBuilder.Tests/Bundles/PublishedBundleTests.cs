using System.Text.Json;
using DiVLA.Control.ModelBuilder.Bundles;
using DiVLA.Control.ModelBuilder.Checkpoints.Published;
using DiVLA.Control.Policy;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Robot;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.ModelBuilder.Tests.Bundles;

/// <summary>What a published checkpoint becomes in a bundle.</summary>
public sealed class PublishedBundleTests
{
    private PublishedCopy _copy;

    [SetUp]
    public void Copy() => _copy = new PublishedCopy();

    [TearDown]
    public void Clean() => _copy.Dispose();

    [Test]
    public void Manifest_SaysWhatTheCheckpointAndTheArmSay()
    {
        var manifest = _copy.Build(options => options with { InstructionTokens = 40 }).Manifest;
        Assert.That(manifest.Architecture, Is.EqualTo("qwen2_vla/unet_diffusion_policy"));
        Assert.That(manifest.License, Is.EqualTo("NOASSERTION"));
        Assert.That(manifest.Prompt.Kind, Is.EqualTo(PromptKind.Chat));
        Assert.That((manifest.Prompt.InstructionTokens, manifest.Prompt.MaxPhraseTokens), Is.EqualTo((40, 8)));
        Assert.That(manifest.Cameras, Is.EqualTo(new[] { new CameraManifest("cam0", 320, 240, 308, 252) }));
        Assert.That((manifest.ControlRateHz, manifest.SamplePeriodTicks), Is.EqualTo((50.0, 1)), "the dataset's rate; the arm is driven at its own");
        Assert.That(manifest.Scheduler.PredictionType, Is.EqualTo("epsilon"));
        Assert.That((manifest.State.Size, manifest.Latent.Horizon, manifest.Latent.Size), Is.EqualTo((8, 16, 8)));
        Assert.That(manifest.Latent.Id, Does.StartWith("joint-actions-16x8/"));
        var profile = Profile();
        Assert.That((profile.StateId, profile.LatentId, profile.ControlRateHz), Is.EqualTo((manifest.State.Id, manifest.Latent.Id, 82.0)));
    }

    [Test]
    public void Ids_FollowTheStatistics()
    {
        var before = _copy.Build().Manifest;
        _copy.Checkpoint.Edit("dataset_stats.json", json => json["action_max"]![2] = 2.0);
        var after = _copy.Build().Manifest;
        Assert.That(after.Latent.Id, Is.Not.EqualTo(before.Latent.Id), "a robot with the old contract is refused");
        Assert.That(after.State.Id, Is.EqualTo(before.State.Id));
    }

    [Test]
    public void Cameras_OnTheCommandLine_ReplaceTheArms()
    {
        var manifest = _copy.Build(options => options with { Cameras = [new CameraConfig("top", 112, 112), new CameraConfig("wrist", 56, 84)] }).Manifest;
        Assert.That(manifest.Cameras, Is.EqualTo(new[] { new CameraManifest("top", 112, 112), new CameraManifest("wrist", 56, 84) }));
        Assert.That(manifest.Prompt.Template.Split(PromptManifest.ImageToken), Has.Length.EqualTo(3));
    }

    [Test]
    public void Weights_OfTheRightType_AreTheCheckpointsOwnFiles()
    {
        var blobs = Directory.CreateDirectory(_copy.Checkpoint.PathOf("blobs")).FullName;
        File.Move(_copy.Checkpoint.PathOf(PublishedCopy.FirstShard), Path.Combine(blobs, "0a1b2c"));
        File.CreateSymbolicLink(_copy.Checkpoint.PathOf(PublishedCopy.FirstShard), Path.Combine("blobs", "0a1b2c"));
        var manifest = _copy.Build().Manifest;
        Assert.That(manifest.Files.Select(file => file.Path), Does.Contain(PublishedCopy.FirstShard).And.Contain(PublishedCopy.SecondShard));
        Assert.That(manifest.Files.Select(file => file.Path), Does.Not.Contain(PublishedWeights.ConvertedFileName));

        // A hard link where the file system can; never a symbolic one, which could point elsewhere tomorrow.
        var built = new FileInfo(Path.Combine(_copy.Bundle, PublishedCopy.FirstShard));
        Assert.That(built.LinkTarget, Is.Null);
        File.Delete(Path.Combine(blobs, "0a1b2c"));
        Assert.That(PolicyBundle.Verify(_copy.Bundle, new PolicyOptions()), Is.Empty, "the bundle outlives the checkpoint");
    }

    [Test]
    public void TiedHead_SavedASecondTime_IsPassedOver()
    {
        _copy.Checkpoint.Rewrite(PublishedCopy.FirstShard, tensor => tensor.Name == "model.embed_tokens.weight" ? [tensor, tensor with { Name = "lm_head.weight" }] : [tensor]);
        _copy.Checkpoint.Rewrite(PublishedCopy.SecondShard, tensor => tensor.Name == "model.embed_tokens.weight" ? [tensor, tensor with { Name = "lm_head.weight" }] : [tensor]);
        _copy.Checkpoint.Edit(ShardIndex.FileName, index => index["weight_map"]!["lm_head.weight"] = (string)index["weight_map"]!["model.embed_tokens.weight"]!);
        Assert.That(() => _copy.Build(), Throws.Nothing);
    }

    [Test]
    public void Half_ReportsTheLargestMagnitudeOfEveryStage()
    {
        var built = _copy.Build(options => options with { Precision = TensorDtype.F16 });
        foreach (var stage in built.Magnitudes) TestContext.Out.WriteLine(stage);
        Assert.That(built.Magnitudes.Select(stage => stage.Stage), Is.EqualTo(new[] { "vision", "decoder", "reasoning", "film", "diffusion" }));
        Assert.That(built.Magnitudes.Select(stage => stage.Largest), Has.All.InRange(0.1, 65504));
        Assert.That(built.Manifest.Decoder.CacheDtype, Is.EqualTo(TensorDtype.F16));
        Assert.That(PolicyBundle.Verify(_copy.Bundle, new PolicyOptions()), Is.Empty);
    }

    [Test]
    public void Brain_IsCheckedForStructure_AndRefusedByTheCpu()
    {
        var built = _copy.Build(options => options with { Precision = TensorDtype.BF16 });
        Assert.That(built.Verification, Is.EqualTo(BundleVerification.Structure));
        Assert.That(built.Magnitudes, Is.Empty);
        Assert.That(PolicyBundle.VerifyStructure(_copy.Bundle), Is.Empty);
        var faults = PolicyBundle.Verify(_copy.Bundle, new PolicyOptions());
        Assert.That(faults.Select(fault => fault.Field), Is.EqualTo(new[] { "precision" }));
    }

    [Test]
    public void Profile_OfAnotherBundle_IsADescriptionToo()
    {
        _copy.Build();
        var own = Path.Combine(_copy.Bundle, "embodiments", "golden-arm", "embodiment.json");
        var again = _copy.Build(options => options with { EmbodimentFile = own, Cameras = [new CameraConfig("cam0", 320, 240)] });
        Assert.That(again.Manifest.Latent.Id, Is.EqualTo(Manifest().Latent.Id));
    }

    [Test]
    public void Gripper_OfAnArmWithoutOneInItsActions_StaysOpen()
    {
        _copy.EditArm(arm =>
        {
            arm.AsObject().Remove("affine");
            foreach (var (name, value) in arm.AsObject().ToArray())
                if (value is System.Text.Json.Nodes.JsonArray { Count: 7 } list) list.Add(name == "joint_names" ? "joint7" : list[0]!.DeepClone());
        });
        var manifest = _copy.Build().Manifest;
        using var session = new GraphSession(_copy.Bundle, manifest.Embodiments[0].Graph);
        session.Buffer<float>("latent").Fill(0.5f);
        session.Run();
        var trajectory = session.Buffer<float>("trajectory").ToArray();
        var mapping = Profile().Affine!;
        Assert.That(trajectory, Has.Length.EqualTo(16 * 9));
        Assert.That(trajectory[8], Is.EqualTo(0.08f).Within(1e-6f));
        Assert.That(trajectory[7], Is.EqualTo((float)(0.75 * (mapping.ActionMax[7] - mapping.ActionMin[7]) + mapping.ActionMin[7])).Within(1e-5f));
    }

    private PolicyManifest Manifest() =>
        JsonSerializer.Deserialize<PolicyManifest>(File.ReadAllText(Path.Combine(_copy.Bundle, PolicyManifest.FileName)), PolicyManifest.JsonOptions)!;

    private EmbodimentProfile Profile() => JsonSerializer.Deserialize<EmbodimentProfile>(
        File.ReadAllText(Path.Combine(_copy.Bundle, "embodiments", "golden-arm", "embodiment.json")), EmbodimentProfile.JsonOptions)!;
}
