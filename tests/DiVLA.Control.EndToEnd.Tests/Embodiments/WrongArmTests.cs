using DiVLA.Control.Cli;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.EndToEnd.Tests.Embodiments;

/// <summary>A robot of one make whose embodiment has the MLP of another one, whole and sealed, on the real service with the default policy: it must hold, whatever the policy wants.</summary>
[TestFixture]
internal sealed class WrongArmTests
{
    private string _bundle = null!;

    private static IEnumerable<TestCaseData> WrongPairs =>
        from own in ArmProfiles.Names from other in ArmProfiles.Names where own != other select new TestCaseData(own, other);

    [OneTimeSetUp]
    public void Copy()
    {
        _bundle = Directory.CreateTempSubdirectory("divla-wrong-arms-").FullName;
        foreach (var file in Directory.EnumerateFiles(Checkout.DefaultBundle, "*", SearchOption.AllDirectories).Where(file => !file.Contains("embodiments", StringComparison.Ordinal) || file.Contains("panda", StringComparison.Ordinal)))
        {
            var target = Path.Combine(_bundle, Path.GetRelativePath(Checkout.DefaultBundle, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    [OneTimeTearDown]
    public void Delete() => Directory.Delete(_bundle, recursive: true);

    [TearDown]
    public void TakeOut()
    {
        foreach (var folder in Directory.GetDirectories(Path.Combine(_bundle, EmbodimentPaths.Folder), "*-by-*")) Directory.Delete(folder, recursive: true);
    }

    [TestCaseSource(nameof(WrongPairs))]
    public async Task Demo_WithTheMlpOfAnotherMake_Holds(string arm, string mlpOf)
    {
        var profile = Swap(arm, mlpOf);
        var demo = await Divla.RunAsync("demo", "--seconds", "3", "--seed", "2", "--json", "--bundle", _bundle, "--embodiment", profile);
        Assert.That(demo.ExitCode, Is.EqualTo(ExitCode.Success), demo.Error);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Number("fresh") + Number("reused"), Is.Zero, "no command follows such a plan");
            Assert.That(Number("hold"), Is.Positive);
            Assert.That(Number("inference_faults"), Is.Positive);
            Assert.That(demo.LastJson.GetProperty("time_to_first_action_s").ValueKind, Is.EqualTo(System.Text.Json.JsonValueKind.Null));
        }

        double Number(string field) => demo.LastJson.GetProperty(field).GetDouble();
    }

    // Puts the folder into the bundle, right in every form, and gives the path of the arm's own profile.
    private string Swap(string arm, string mlpOf)
    {
        var name = $"{arm}-by-{mlpOf}";
        var folder = Directory.CreateDirectory(Path.Combine(_bundle, EmbodimentPaths.Folder, name)).FullName;
        foreach (var file in (string[])[EmbodimentPaths.Graph, EmbodimentPaths.Weights]) File.Copy(PathOf(mlpOf, file), Path.Combine(folder, file));
        var profile = EmbodimentProfile.Read(PathOf(arm, EmbodimentPaths.Profile)) with { Name = name };
        File.WriteAllText(Path.Combine(folder, EmbodimentPaths.Profile), EmbodimentSeal.Close(profile, EmbodimentProfile.Read(PathOf(mlpOf, EmbodimentPaths.Profile)).Seal!.Files).ToJson());
        return Path.Combine(folder, EmbodimentPaths.Profile);
    }

    private static string PathOf(string arm, string file) => Path.Combine(Checkout.DefaultBundle, EmbodimentPaths.Of(arm, file));
}
