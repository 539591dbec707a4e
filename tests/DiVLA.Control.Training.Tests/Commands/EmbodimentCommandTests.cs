using DiVLA.Control.Policy;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.TestSupport;
using DiVLA.Control.Training.Commands;

namespace DiVLA.Control.Training.Tests.Commands;

/// <summary>`divla train embodiment` on a bundle: what is accepted, what is refused, and what must never change.</summary>
[TestFixture]
internal sealed class EmbodimentCommandTests
{
    private static readonly PolicyOptions _options = new() { RehearsalInferences = 0 };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("divla-train-embodiment-");

    private string Bundle => Path.Combine(_folder.FullName, "bundle");

    [OneTimeSetUp]
    public void Build() => TestBundles.BuildRandom(Bundle, seed: 5, TestConfiguration.Tiny);

    [OneTimeTearDown]
    public void Delete() => _folder.Delete(recursive: true);

    [Test]
    public async Task Train_TooShort_WritesNothingAndChangesNothing()
    {
        var before = Hashes();
        Assert.That(await RunAsync("--profile", "iiwa14", "--output", Bundle, "--steps", "5"), Is.EqualTo(1));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Directory.GetDirectories(Path.Combine(Bundle, EmbodimentPaths.Folder)).Select(Path.GetFileName), Is.EqualTo(new[] { "panda" }));
            Assert.That(Hashes(), Is.EqualTo(before));
        }
    }

    // However much error is accepted, an arm that runs into its limits or fails the check of a session is not.
    [Test]
    public async Task Train_TooShortWithLooseBounds_IsRefusedByTheDrive()
    {
        Assert.That(await RunAsync("--profile", "gen3", "--output", Bundle, "--steps", "5", "--accept-first-mm", "10000", "--accept-last-mm", "10000"), Is.EqualTo(1));
        Assert.That(Directory.Exists(Path.Combine(Bundle, EmbodimentPaths.Folder, "gen3")), Is.False);
    }

    // The graphs that all arms share are the same files before and after, so that no other arm can move otherwise.
    [Test]
    [Explicit("Trains for some minutes.")]
    public async Task Train_LongEnough_AddsAnArmThatTheBundleOffers()
    {
        var before = Hashes();
        Assert.That(await RunAsync("--profile", "iiwa14", "--output", Bundle, "--threads", "1"), Is.Zero);
        using var bundle = PolicyBundle.Load(Bundle, _options);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Hashes(), Is.EqualTo(before));
            Assert.That(bundle.Embodiments.Keys, Is.EquivalentTo(new[] { "iiwa14", "panda" }));
        }
    }

    [Test]
    public async Task Train_AnArmThatPolicyJsonLists_IsRefusedBeforeItBegins()
    {
        var before = Hashes();
        Assert.That(await RunAsync("--profile", "panda", "--output", Bundle), Is.EqualTo(2));
        Assert.That(Hashes(), Is.EqualTo(before));
    }

    [Test]
    public async Task Train_AnArmThatDoesNotReachTheTable_IsRefusedBeforeItBegins()
    {
        var far = ArmProfiles.Get("xarm7") with { Mount = RigidTransform.Translation(-0.5, 0, 0).ToRows() };
        Assert.That(await RunAsync("--profile", Write("far.json", far.ToJson()), "--output", Bundle), Is.EqualTo(2));
    }

    [TestCase("{")]
    [TestCase("{}")]
    public async Task Train_AFileThatIsNoProfile_IsUsage(string content) =>
        Assert.That(await RunAsync("--profile", Write("bad.json", content), "--output", Bundle), Is.EqualTo(2));

    [Test]
    public async Task Train_AnUnknownArm_IsUsage() => Assert.That(await RunAsync("--profile", "ur5", "--output", Bundle), Is.EqualTo(2));

    [Test]
    public async Task Train_NoSteps_IsUsage() => Assert.That(await RunAsync("--profile", "iiwa14", "--output", Bundle, "--steps", "0"), Is.EqualTo(2));

    private static Task<int> RunAsync(params string[] arguments) => TrainingCommand.RunAsync(["embodiment", .. arguments]);

    private string Write(string name, string content)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, content);
        return path;
    }

    private string[] Hashes() =>
    [
        .. new[] { "backbone.onnx", "reasoning.onnx", "diffusion.onnx", "model.safetensors", PolicyManifest.FileName, "embodiments/panda/embodiment.json", "embodiments/panda/embodiment.onnx" }
            .Select(file => FileDigest.Sha256(Path.Combine(Bundle, file), CancellationToken.None)),
    ];
}
