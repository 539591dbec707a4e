using System.Text.Json.Nodes;
using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Bundle.Arms;
using DiVLA.Control.Robot;
using DiVLA.Control.Simulator.Arm;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.Policy.Tests.Bundle;

/// <summary>A folder that is put beside the arms of policy.json: verified before it is offered, refused with the reason, and no harm to anything else.</summary>
[TestFixture]
internal sealed class AddedEmbodimentTests
{
    private const string Name = "iiwa14";
    private const string Profile = $"embodiments/{Name}/embodiment.json";
    private const string Graph = $"embodiments/{Name}/embodiment.onnx";
    private const string Weights = $"embodiments/{Name}/embodiment.safetensors";

    private static readonly EmbodimentProfile _arm = ArmProfiles.Get(Name);

    private BundleCopy _copy = null!;

    [SetUp]
    public void Copy() => _copy = new BundleCopy();

    [TearDown]
    public void Delete() => _copy.Dispose();

    [Test]
    public void Load_WithAnAddedArm_OffersIt()
    {
        Add();
        using var bundle = Load();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(bundle.Embodiments.Keys, Is.EquivalentTo(new[] { "panda", Name }));
            Assert.That(bundle.Embodiments[Name].Make, Is.EqualTo("KUKA"));
            Assert.That(bundle.RefusedEmbodiments, Is.Empty);
            Assert.That(bundle.Manifest.Embodiments, Has.Length.EqualTo(1), "the manifest stays what it was");
        }
        using var policy = bundle.CreatePolicy(Name, 1, TimeProvider.System);
        Assert.That(policy.Embodiment.Name, Is.EqualTo(Name));
    }

    [Test]
    public void Verify_WithAnAddedArm_FindsNothing()
    {
        Add();
        Assert.That(_copy.Verify(), Is.Empty);
    }

    // The manifest is sealed by its revision: were it rewritten for an added arm, every record that names it would be wrong.
    [Test]
    public void Load_WithAnAddedArm_LeavesEveryListedFileAsItIs()
    {
        var before = Hashes();
        Add();
        using var bundle = Load();
        Assert.That(Hashes(), Is.EqualTo(before));
    }

    [Test]
    public void Refresh_FolderAddedMeanwhile_IsOffered()
    {
        using var bundle = Load();
        Assert.That(bundle.Embodiments.Keys, Is.EqualTo(new[] { "panda" }));
        Add();
        var changes = bundle.RefreshEmbodiments(settledOnly: false);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(changes.Select(change => (change.Embodiment, change.Kind)), Is.EqualTo(new[] { (Name, EmbodimentChangeKind.Offered) }));
            Assert.That(bundle.Embodiments.Keys, Does.Contain(Name));
            Assert.That(bundle.RefreshEmbodiments(settledOnly: false), Is.Empty, "nothing is new any more");
        }
    }

    // Somebody may still be copying.
    [Test]
    public void Refresh_SettledOnly_WaitsUntilAFolderHasNotChangedForOneLook()
    {
        using var bundle = Load();
        Add();
        Assert.That(bundle.RefreshEmbodiments(settledOnly: true), Is.Empty);
        File.SetLastWriteTimeUtc(_copy.PathOf(Graph), DateTime.UnixEpoch);
        Assert.That(bundle.RefreshEmbodiments(settledOnly: true), Is.Empty, "it has changed again");
        Assert.That(bundle.RefreshEmbodiments(settledOnly: true).Single().Kind, Is.EqualTo(EmbodimentChangeKind.Offered));
    }

    [Test]
    public void Refresh_HiddenFolder_IsSomebodysUnfinishedWork()
    {
        using var bundle = Load();
        Add();
        Directory.Move(_copy.PathOf($"embodiments/{Name}"), _copy.PathOf($"embodiments/.{Name}"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(bundle.RefreshEmbodiments(settledOnly: false), Is.Empty);
            Assert.That(_copy.Verify(), Is.Empty);
        }
    }

    private static IEnumerable<TestCaseData> Spoilt()
    {
        yield return Case("no profile", Profile, "file", copy => File.Delete(copy.PathOf(Profile)));
        yield return Case("a profile cut short", Profile, "document", copy => copy.Patch(Profile, bytes => bytes[..40]));
        yield return Case("a number changed", Profile, "seal.revision", copy => Edit(copy, profile => profile["velocity_limit_rad_per_s"]![0] = 9.5));
        yield return Case("no seal", Profile, "seal", copy => Edit(copy, profile => profile.AsObject().Remove("seal")));
        yield return Case("no mapping", Profile, "mapping", copy => Edit(copy, profile => profile.AsObject().Remove("mapping")));
        yield return Case("another folder's name", Profile, "name", copy => Edit(copy, profile => profile["name"] = "iiwa7"));
        yield return Case("another state", Profile, "state_id", copy => Edit(copy, profile => profile["state_id"] = "joints-14/v1"));
        yield return Case("another latent", Profile, "latent_id", copy => Edit(copy, profile => profile["latent_id"] = "pca-24/v1"));
        yield return Case("another scale", Profile, "mapping.latent_rms", copy => Edit(copy, profile => profile["mapping"]!["latent_rms"]![3]![1] = 0.5));
        yield return Case("a limit beside itself", Profile, "position_lower_rad[2]", copy => Edit(copy, profile => profile["position_lower_rad"]![2] = 100));
        yield return Case("a file outside", Profile, "seal.files[0].path", copy => Edit(copy, profile => profile["seal"]!["files"]![0]!["path"] = "../../backbone.onnx"));
        yield return Case("no graph", Graph, "file", copy => File.Delete(copy.PathOf(Graph)));
        yield return Case("a byte of the graph", Graph, "sha256", copy => copy.Patch(Graph, Flip));
        yield return Case("a byte of the weights", Weights, "sha256", copy => copy.Patch(Weights, Flip));
        yield return Case("weights cut short", Weights, "bytes", copy => copy.Patch(Weights, bytes => bytes[..^4]));
        yield return Case("weights behind a link", Weights, "file", copy =>
        {
            File.Move(copy.PathOf(Weights), copy.PathOf("elsewhere"));
            File.CreateSymbolicLink(copy.PathOf(Weights), copy.PathOf("elsewhere"));
        });

        static TestCaseData Case(string what, string file, string field, Action<BundleCopy> spoil) => new TestCaseData(file, field, spoil).SetArgDisplayNames(what);
    }

    [TestCaseSource(nameof(Spoilt))]
    public void Load_WithASpoiltArm_RefusesItAloneAndSaysWhy(string file, string field, Action<BundleCopy> spoil)
    {
        Add();
        spoil(_copy);
        using var bundle = Load();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(bundle.Embodiments.Keys, Is.EqualTo(new[] { "panda" }));
            Assert.That(bundle.RefusedEmbodiments[Name].Faults.Select(fault => (fault.File, fault.Field)), Does.Contain((file, field)));
            Assert.That(bundle.RefusedEmbodiments[Name].Describe(), Does.Contain($"'{Name}' is refused").And.Contain(field));
            Assert.That(_copy.Verify(), Is.EqualTo(bundle.RefusedEmbodiments[Name].Faults), "`model verify` says the same");
        }
        using var panda = bundle.CreatePolicy("panda", 1, TimeProvider.System);
        Assert.That(panda.Embodiment.Name, Is.EqualTo("panda"));
    }

    // Whole in itself, and still nothing that ONNX Runtime could run for this arm.
    [Test]
    public void Load_WithTheGraphOfAnArmOfSixJoints_RefusesItByItsShapes()
    {
        var six = _arm with
        {
            JointNames = _arm.JointNames[..6], PositionLowerRad = _arm.PositionLowerRad[..6], PositionUpperRad = _arm.PositionUpperRad[..6], VelocityLimitRadPerS = _arm.VelocityLimitRadPerS[..6],
            AccelerationLimitRadPerS2 = _arm.AccelerationLimitRadPerS2[..6], JerkLimitRadPerS3 = _arm.JerkLimitRadPerS3[..6], RestRad = _arm.RestRad[..6], Links = [.. _arm.Links[..6], _arm.Links[7]],
        };
        Add();
        var seven = EmbodimentProfile.Read(_copy.PathOf(Profile));
        RandomCheckpoint.WriteEmbodiment(_copy.Directory, six, TestConfigs.Default.Latent, seed: 1);
        var graphOfSix = EmbodimentProfile.Read(_copy.PathOf(Profile)).Seal!.Files;
        File.WriteAllText(_copy.PathOf(Profile), EmbodimentSeal.Close(seven, graphOfSix).ToJson());
        using var bundle = Load();
        Assert.That(bundle.RefusedEmbodiments[Name].Faults, Does.Contain(new BundleFault(Graph, "inputs.joints.shape", "[1, 6]", "[1, 7]")));
    }

    [Test]
    public void Refresh_RefusedFolderThatWasMended_IsOffered()
    {
        Add();
        _copy.Patch(Weights, Flip);
        using var bundle = Load();
        Assert.That(bundle.RefusedEmbodiments.Keys, Does.Contain(Name));
        _copy.Patch(Weights, Flip);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(bundle.RefreshEmbodiments(settledOnly: false).Single().Kind, Is.EqualTo(EmbodimentChangeKind.Offered));
            Assert.That(bundle.RefusedEmbodiments, Is.Empty);
            Assert.That(bundle.Embodiments.Keys, Does.Contain(Name));
        }
    }

    // A bad folder never takes a good arm away that is being served.
    [Test]
    public void Refresh_OfferedFolderThatWasSpoilt_KeepsWhatWasVerified()
    {
        Add();
        using var bundle = Load();
        var offered = bundle.Embodiments[Name];
        _copy.Patch(Weights, Flip);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(bundle.RefreshEmbodiments(settledOnly: false).Single().Kind, Is.EqualTo(EmbodimentChangeKind.Refused));
            Assert.That(bundle.Embodiments[Name], Is.SameAs(offered));
        }
        using var policy = bundle.CreatePolicy(Name, 1, TimeProvider.System);
        Assert.That(policy.Embodiment, Is.SameAs(offered));
    }

    [Test]
    public void Refresh_FolderThatWasReplaced_OffersTheNewOneAndLeavesTheOldToWhoHasIt()
    {
        Add();
        using var bundle = Load();
        var old = bundle.Embodiments[Name];
        using var running = bundle.CreatePolicy(old, 1, TimeProvider.System);
        Add(_arm with { Make = "KUKA again" }, seed: 2);
        Assert.That(bundle.RefreshEmbodiments(settledOnly: false).Single().Kind, Is.EqualTo(EmbodimentChangeKind.Offered));
        using var late = bundle.CreatePolicy(old, 1, TimeProvider.System);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(bundle.Embodiments[Name].Make, Is.EqualTo("KUKA again"));
            Assert.That(running.Embodiment, Is.SameAs(old));
            Assert.That(late.Embodiment, Is.SameAs(old), "who was shown the old one gets the old one");
        }
    }

    [Test]
    public void Refresh_FolderThatIsGone_IsWithdrawn()
    {
        Add();
        using var bundle = Load();
        using var running = bundle.CreatePolicy(Name, 1, TimeProvider.System);
        Directory.Delete(_copy.PathOf($"embodiments/{Name}"), recursive: true);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(bundle.RefreshEmbodiments(settledOnly: false).Single().Kind, Is.EqualTo(EmbodimentChangeKind.Withdrawn));
            Assert.That(bundle.Embodiments.Keys, Is.EqualTo(new[] { "panda" }));
            Assert.That(running.Embodiment.Name, Is.EqualTo(Name), "who has it keeps it");
        }
    }

    // What policy.json lists is sealed with the policy.
    [Test]
    public void Refresh_ListedFolderThatIsGone_ChangesNothing()
    {
        using var bundle = Load();
        Directory.Delete(_copy.PathOf("embodiments/panda"), recursive: true);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(bundle.RefreshEmbodiments(settledOnly: false), Is.Empty);
            Assert.That(bundle.Embodiments.Keys, Is.EqualTo(new[] { "panda" }));
        }
    }

    [Test]
    public void Refresh_BundleThatIsNotServedAnyMore_OffersNothing()
    {
        var bundle = Load();
        bundle.Dispose();
        Add();
        Assert.That(() => bundle.RefreshEmbodiments(settledOnly: false), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void CreatePolicy_OfAProfileThatTheBundleNeverShowed_SaysSo()
    {
        using var bundle = Load();
        Assert.That(() => bundle.CreatePolicy(_arm, 1, TimeProvider.System), Throws.ArgumentException.With.Message.Contains(Name));
    }

    [Test]
    public void Verify_ListedProfileWhoseSealNamesOtherFiles_IsFound()
    {
        const string profile = "embodiments/panda/embodiment.json";
        var arm = EmbodimentProfile.Read(_copy.PathOf(profile));
        File.WriteAllText(_copy.PathOf(profile), EmbodimentSeal.Close(arm, [arm.Seal!.Files[0] with { Sha256 = new string('0', 64) }]).ToJson());
        _copy.Sign(profile);
        Assert.That(_copy.Verify().Select(fault => (fault.File, fault.Field)), Is.EqualTo(new[] { (profile, "seal.files") }));
    }

    private void Add(EmbodimentProfile? arm = null, int seed = 1) => RandomCheckpoint.WriteEmbodiment(_copy.Directory, arm ?? _arm, TestConfigs.Default.Latent, seed);

    private PolicyBundle Load() => PolicyBundle.Load(_copy.Directory, SharedBundles.Lenient with { RehearsalInferences = 0 });

    private List<string> Hashes()
    {
        var manifest = SharedBundles.Loaded.Manifest;
        return [.. manifest.Files.Select(file => file.Path).Append(PolicyManifest.FileName).Select(path => FileDigest.Sha256(_copy.PathOf(path), CancellationToken.None))];
    }

    private static void Edit(BundleCopy copy, Action<JsonNode> change)
    {
        var node = JsonNode.Parse(File.ReadAllText(copy.PathOf(Profile)))!;
        change(node);
        File.WriteAllText(copy.PathOf(Profile), node.ToJsonString());
    }

    private static byte[] Flip(byte[] bytes)
    {
        bytes[^1] ^= 1;
        return bytes;
    }
}
