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
    private const double Scale = 8;

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
        var (before, arms) = (Hashes(), Arms());
        Assert.That(await RunAsync("--profile", "iiwa14", "--output", Bundle, "--steps", "5"), Is.EqualTo(1));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Arms(), Is.EqualTo(arms).And.None.EqualTo("iiwa14"));
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

    // A training in earnest, if of an easy arm. The graphs that all arms share are the same files before and after, so that no other arm can move otherwise.
    [Test]
    public async Task Train_LongEnough_AddsAnArmThatTheBundleOffers()
    {
        var before = Hashes();
        Assert.That(await RunAsync("--profile", Write("large.json", Large().ToJson()), "--output", Bundle, "--steps", "350", "--threads", "1", "--accept-first-mm", "1", "--accept-last-mm", "10"), Is.Zero);
        using var bundle = PolicyBundle.Load(Bundle, _options);
        var mapping = EmbodimentProfile.Read(Path.Combine(Bundle, EmbodimentPaths.Of("large", EmbodimentPaths.Profile))).Mapping!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Hashes(), Is.EqualTo(before));
            Assert.That(bundle.Embodiments.Keys, Is.EquivalentTo(new[] { "large", "panda" }));
            Assert.That(mapping.FirstSampleError.MeanMm, Is.InRange(double.Epsilon, 1));
            Assert.That(mapping.LastSampleError.MeanMm, Is.InRange(double.Epsilon, 10));
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

    // An iiwa many times as large, its tool over the same table: the joints hardly turn there, so that a tenth of the steps is enough for the drive, which asks for what it always asks for.
    private static EmbodimentProfile Large()
    {
        var arm = ArmProfiles.Get("iiwa14");
        double[][] links = [.. arm.Links.Select(link => (double[])[.. link.Select((number, index) => index % 4 == 3 ? Scale * number : number)])];
        var large = arm with { Name = "large", Links = links, Mount = RigidTransform.Identity.ToRows() };
        var mount = arm.CreateKinematics().ToolPose(arm.RestRad).Origin - large.CreateKinematics().ToolPose(arm.RestRad).Origin;
        return large with { Mount = RigidTransform.Translation(mount.X, mount.Y, mount.Z).ToRows() };
    }

    private string Write(string name, string content)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, content);
        return path;
    }

    private string[] Arms() => [.. Directory.GetFileSystemEntries(Path.Combine(Bundle, EmbodimentPaths.Folder)).Select(entry => Path.GetFileName(entry)).Order(StringComparer.Ordinal)];

    private string[] Hashes() =>
    [
        .. new[] { "backbone.onnx", "reasoning.onnx", "diffusion.onnx", "model.safetensors", PolicyManifest.FileName, "embodiments/panda/embodiment.json", "embodiments/panda/embodiment.onnx" }
            .Select(file => FileDigest.Sha256(Path.Combine(Bundle, file), CancellationToken.None)),
    ];
}
