using System.Text.Json;
using DiVLA.Control.ModelBuilder;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.TestSupport;
using DiVLA.Control.Training.Data;
using DiVLA.Control.Training.Embodiments;

namespace DiVLA.Control.Training.Tests.Embodiments;

[TestFixture]
internal sealed class EmbodimentTargetTests
{
    private static readonly EmbodimentProfile _arm = ArmProfiles.Get("iiwa14");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("divla-target-");

    [OneTimeTearDown]
    public void Delete() => _folder.Delete(recursive: true);

    [Test]
    public void Of_AFolderThatIsNotThere_StandsForTheLatentOfThisRecipe()
    {
        var target = EmbodimentTarget.Of(Path.Combine(_folder.FullName, "new"), _arm);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(target.LatentRms, Is.EqualTo(Latent.Scale));
            Assert.That(target.FolderOf(_arm), Is.EqualTo(Path.Combine(_folder.FullName, "new", "embodiments", "iiwa14")));
        }
    }

    [Test]
    public void Of_ARun_TakesItsLatent()
    {
        var config = TestConfiguration.Tiny with { Latent = TestConfiguration.Tiny.Latent with { Rms = [.. Latent.Scale.Select(row => row.Select(rms => 2 * rms).ToArray())] } };
        Assert.That(EmbodimentTarget.Of(Run("run", config), _arm).LatentRms[3][2], Is.EqualTo(2 * Latent.Scale[3][2]));
    }

    [Test]
    public void Of_ABundle_TakesItsLatent()
    {
        var bundle = Path.Combine(_folder.FullName, "bundle");
        TestBundles.BuildRandom(bundle, seed: 3);
        Assert.That(EmbodimentTarget.Of(bundle, _arm).LatentRms, Is.EqualTo(TestConfigs.Default.Latent.Rms));
        // Its files are sealed by the manifest.
        Assert.That(() => EmbodimentTarget.Of(bundle, ArmProfiles.Panda), Throws.TypeOf<InvalidDataException>().With.Message.Contains("divla model build"));
    }

    [Test]
    public void Of_APolicyThatSpeaksOtherwise_NamesBoth()
    {
        var other = TestConfiguration.Tiny with { Latent = TestConfiguration.Tiny.Latent with { Id = "joint-actions-16x8/0" } };
        Assert.That(() => EmbodimentTarget.Of(Run("other", other), _arm), Throws.TypeOf<InvalidDataException>().With.Message.Contains("joint-actions-16x8/0").And.Message.Contains(TaskSpaceTerms.LatentId));
    }

    [Test]
    public void Of_AFolderWithABrokenManifest_NamesTheFile()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder.FullName, "broken")).FullName;
        File.WriteAllText(Path.Combine(folder, PolicyManifest.FileName), "{");
        Assert.That(() => EmbodimentTarget.Of(folder, _arm), Throws.TypeOf<InvalidDataException>().With.Message.Contains(PolicyManifest.FileName));
    }

    private string Run(string name, ModelConfig config)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder.FullName, name)).FullName;
        File.WriteAllText(Path.Combine(folder, ModelConfig.FileName), JsonSerializer.Serialize(config, ModelConfig.JsonOptions));
        return folder;
    }
}
