using System.Security.Cryptography;
using DiVLA.Control.ModelBuilder.Bundles;
using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.ModelBuilder.Tests.Bundles;

/// <summary>An arm's folder is whole in itself, and appears whole or not at all.</summary>
[TestFixture]
internal sealed class EmbodimentFolderTests
{
    private static readonly EmbodimentProfile _arm = ArmProfiles.Get("iiwa14");

    private TemporaryFolder _folder = null!;

    private string Arm => _folder.File("embodiments/iiwa14");

    [SetUp]
    public void Write()
    {
        _folder = new TemporaryFolder();
        RandomCheckpoint.WriteEmbodiment(_folder.Path, _arm, TestConfigs.Default.Latent, seed: 3);
    }

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Write_OfAnArm_SealsWhatLiesBesideTheProfile()
    {
        var profile = EmbodimentProfile.Read(Path.Combine(Arm, "embodiment.json"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Directory.GetFiles(Arm).Select(Path.GetFileName), Is.EquivalentTo(new[] { "embodiment.json", "embodiment.onnx", "embodiment.safetensors" }));
            Assert.That(profile.Seal!.Revision, Is.EqualTo(EmbodimentSeal.RevisionOf(profile)));
            foreach (var file in profile.Seal.Files)
            {
                var bytes = File.ReadAllBytes(Path.Combine(Arm, file.Path));
                Assert.That((file.Bytes, file.Sha256), Is.EqualTo(((long)bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)))), file.Path);
            }
        }
    }

    [Test]
    public void Write_Again_ReplacesTheFolderAndLeavesNothingBehind()
    {
        var before = File.ReadAllText(Path.Combine(Arm, "embodiment.json"));
        RandomCheckpoint.WriteEmbodiment(_folder.Path, _arm, TestConfigs.Default.Latent, seed: 4);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(File.ReadAllText(Path.Combine(Arm, "embodiment.json")), Is.Not.EqualTo(before));
            Assert.That(Directory.GetDirectories(_folder.File("embodiments")), Has.Length.EqualTo(1));
        }
    }

    [Test]
    public void Write_WeightsOfAnotherShape_IsRefusedAndTheFolderStays()
    {
        var before = File.ReadAllText(Path.Combine(Arm, "embodiment.json"));
        var profile = EmbodimentProfile.Read(Path.Combine(Arm, "embodiment.json"));
        Assert.That(
            () => EmbodimentFolder.Write(Arm, profile, weights => SafetensorsWriter.Write(weights, [TensorData.FromFloats("trunk.0.weight", [2, 2], [1, 2, 3, 4])])),
            Throws.TypeOf<ModelBuildException>().With.Message.Contains("trunk.0.weight"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(File.ReadAllText(Path.Combine(Arm, "embodiment.json")), Is.EqualTo(before));
            Assert.That(Directory.GetDirectories(_folder.File("embodiments")), Has.Length.EqualTo(1));
        }
    }

    // A run's folder may hold arms that were trained one by one: all of them become part of the bundle.
    [Test]
    public void Build_OfACheckpointWithSeveralArms_ListsThemAll()
    {
        var checkpoint = _folder.File("checkpoint");
        RandomCheckpoint.Write(checkpoint, TestConfigs.Default, seed: 5);
        RandomCheckpoint.WriteEmbodiment(checkpoint, _arm, TestConfigs.Default.Latent, seed: 6);
        Directory.CreateDirectory(Path.Combine(checkpoint, "embodiments", ".unfinished"));
        var built = BundleBuilder.Build(new BuildRequest(checkpoint, _folder.File("bundle")));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(built.Manifest.Embodiments.Select(embodiment => embodiment.Name), Is.EqualTo(new[] { "iiwa14", "panda" }));
            Assert.That(Policy.Bundle.PolicyBundle.Verify(_folder.File("bundle"), new Policy.PolicyOptions()), Is.Empty);
        }
    }

    [Test]
    public void Build_OfAnArmThatWasTrainedForAnotherScale_IsRefused()
    {
        var checkpoint = _folder.File("checkpoint");
        RandomCheckpoint.Write(checkpoint, TestConfigs.Default, seed: 5);
        var latent = TestConfigs.Default.Latent;
        RandomCheckpoint.WriteEmbodiment(checkpoint, _arm, latent with { Rms = [.. latent.Rms.Select(row => row.Select(scale => scale * 2).ToArray())] }, seed: 6);
        Assert.That(
            () => BundleBuilder.Build(new BuildRequest(checkpoint, _folder.File("bundle"))),
            Throws.TypeOf<ModelBuildException>().With.Message.Contains("iiwa14/embodiment.json: mapping.latent_rms"));
    }
}
