using DiVLA.Control.Cli;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.EndToEnd.Tests.Model;

/// <summary>What somebody with a published checkpoint types, and mistypes.</summary>
[TestFixture]
internal sealed class PublishedCommandTests
{
    private string _folder = null!;

    [SetUp]
    public void Create() => _folder = Directory.CreateTempSubdirectory("divla-published-").FullName;

    [TearDown]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Build_OfAShapeAndACheckpoint_IsRefused()
    {
        var build = await Divla.RunAsync(
            "model", "build", "--shape", "tiny", "--random-weights", "--checkpoint", GoldenFolder.Own.Checkpoint, "--output", File("bundle"));
        Assert.That((build.ExitCode, Directory.Exists(File("bundle"))), Is.EqualTo((ExitCode.Usage, false)));
        Assert.That(build.Error, Does.Contain("--shape").And.Contain(GoldenFolder.Own.Checkpoint));
    }

    [Test]
    public async Task Build_OfAFolderThatIsNone_NamesIt()
    {
        var build = await Divla.RunAsync("model", "build", "--checkpoint", File("nowhere"), "--embodiment", "arm.json", "--output", File("bundle"));
        Assert.That(build.ExitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(build.Error, Does.Contain($"{File("nowhere")}: there is no such folder"));
    }

    [Test]
    public async Task Verify_OfABundleThatTheCpuCannotRun_FindsNoFaultsWithoutARun()
    {
        var bundle = File("bundle");
        var build = await Divla.RunAsync("model", "build", "--shape", "tiny", "--random-weights", "--precision", "bf16", "--output", bundle);
        var verify = await Divla.RunAsync("model", "verify", bundle);
        var structure = await Divla.RunAsync("model", "verify", bundle, "--no-run");
        Assert.That((build.ExitCode, verify.ExitCode, structure.ExitCode), Is.EqualTo((ExitCode.Success, ExitCode.Failed, ExitCode.Success)), build.Error + structure.Out);
        Assert.That(verify.Out, Does.Contain("bf16"));
    }

    [Test]
    public async Task DryRun_InPrecisionThatNoGpuServes_SaysSo()
    {
        var single = await Divla.RunAsync("model", "build", "--shape", "tiny", "--dry-run");
        var half = await Divla.RunAsync("model", "build", "--shape", "tiny", "--dry-run", "--precision", "fp16");
        Assert.That((single.ExitCode, half.ExitCode), Is.EqualTo((ExitCode.Success, ExitCode.Success)), single.Error + half.Error);
        Assert.That(single.Out, Does.Contain("--provider cuda refuses fp32"));
        Assert.That(half.Out, Does.Not.Contain("refuses"));
    }

    [Test]
    public async Task ConvertStatistics_OntoAFileThatIsThere_IsRefusedUnlessAskedFor()
    {
        var (pickle, json) = (Path.Combine(GoldenFolder.Own.Checkpoint, "dataset_stats.pkl"), File("dataset_stats.json"));
        await System.IO.File.WriteAllTextAsync(json, "edited by hand");
        var refused = await Divla.RunAsync("model", "convert-statistics", pickle, "--output", json);
        Assert.That((refused.ExitCode, await System.IO.File.ReadAllTextAsync(json)), Is.EqualTo((ExitCode.Usage, "edited by hand")));
        Assert.That(refused.Error, Does.Contain(json).And.Contain("--replace"));
        var replaced = await Divla.RunAsync("model", "convert-statistics", pickle, "--output", json, "--replace");
        Assert.That(replaced.ExitCode, Is.EqualTo(ExitCode.Success), replaced.Error);
        Assert.That(await System.IO.File.ReadAllTextAsync(json), Does.Contain("qpos_mean"));
    }

    private string File(string name) => Path.Combine(_folder, name);
}
