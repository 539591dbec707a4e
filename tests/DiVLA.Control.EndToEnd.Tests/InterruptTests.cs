using System.Text.Json.Nodes;
using DiVLA.Control.Cli;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.EndToEnd.Tests;

/// <summary>Ctrl-C: what runs until then ends well, what would have been complete only at its end leaves nothing of itself.</summary>
[TestFixture]
internal sealed class InterruptTests
{
    [Test]
    public async Task Demo_AfterAnEpisode_EndsWellWithAWholeSummary()
    {
        var demo = await Divla.InterruptAtAsync("episode 1 ", "demo", "--episodes", "50", "--family", "direct", "--json", "--bundle", Checkout.DefaultBundle);
        Assert.That(demo.ExitCode, Is.EqualTo(ExitCode.Success), demo.Error);
        Assert.That(demo.Out.Trim().Split('\n'), Has.Length.EqualTo(1));
        Assert.That(demo.LastJson.GetProperty("episodes").GetInt32(), Is.InRange(1, 49));
        Assert.That(
            demo.LastJson.GetProperty("ticks_due").GetUInt64(),
            Is.EqualTo(demo.LastJson.GetProperty("commands_sent").GetUInt64() + demo.LastJson.GetProperty("missed").GetUInt64()));
    }

    [Test]
    public async Task Demo_BeforeItsSessionIsOpen_IsInterrupted()
    {
        var demo = await Divla.InterruptAtAsync("Serving ", "demo", "--json", "--bundle", RandomBundle.Directory);
        Assert.That(demo.ExitCode, Is.EqualTo(ExitCode.Interrupted), demo.Error);
        Assert.That(demo.Out, Is.Empty);
    }

    // Random weights need the whole 8 s of every episode: the command cannot be done by then, on any machine.
    [Test]
    public async Task Eval_BeforeItsLastEpisode_IsInterruptedWithoutAResult()
    {
        using var interrupt = new CancellationTokenSource(TimeSpan.FromSeconds(4));
        var eval = await Divla.RunAsync(interrupt.Token, "eval", "--episodes", "3", "--families", "direct", "--json", "--bundle", RandomBundle.Directory);
        Assert.That(eval.ExitCode, Is.EqualTo(ExitCode.Interrupted), eval.Error);
        Assert.That(eval.Out, Is.Empty);
    }

    [TestCase("[1/")]
    [TestCase("[4/")]
    [TestCase("[9/")]
    [TestCase("[10/")]
    public async Task ModelBuild_AtAnyStep_IsInterruptedAndLeavesTheOldBundle(string step)
    {
        var root = Directory.CreateTempSubdirectory("divla-interrupt-");
        var (checkpoint, bundle) = (Path.Combine(root.FullName, "checkpoint"), Path.Combine(root.FullName, "bundle"));
        RandomCheckpoint.Write(checkpoint, TestConfigs.Default, seed: 3);
        Directory.CreateDirectory(bundle);
        await File.WriteAllTextAsync(Path.Combine(bundle, "policy.json"), "still here");

        var build = await Divla.InterruptAtAsync(step, "model", "build", checkpoint, bundle);

        Assert.That(build.ExitCode, Is.EqualTo(ExitCode.Interrupted), build.Error);
        Assert.That(root.GetFileSystemInfos().Select(entry => entry.Name), Is.EquivalentTo(new[] { "checkpoint", "bundle" }));
        Assert.That(Directory.GetFiles(bundle).Select(Path.GetFileName), Is.EqualTo(new[] { "policy.json" }));
        root.Delete(recursive: true);
    }

    // 64 GB of nothing, which no file system of ours stores: hashing them takes far longer than the interrupt.
    [Test]
    public async Task ModelVerify_WithinAFile_IsInterrupted()
    {
        var bundle = RandomBundle.Copy();
        const long Bytes = 1L << 36;
        using (var weights = File.OpenWrite(Path.Combine(bundle, "model.safetensors"))) weights.SetLength(Bytes);
        DeclareSize(Path.Combine(bundle, "policy.json"), "model.safetensors", Bytes);

        using var interrupt = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        var verify = await Divla.RunAsync(interrupt.Token, "model", "verify", bundle);

        Assert.That(verify.ExitCode, Is.EqualTo(ExitCode.Interrupted), verify.Out + verify.Error);
        Assert.That(verify.Out, Is.Empty);
        Directory.Delete(bundle, recursive: true);
    }

    private static void DeclareSize(string manifest, string path, long bytes)
    {
        var json = JsonNode.Parse(File.ReadAllText(manifest))!;
        json["files"]!.AsArray().Single(file => (string)file!["path"]! == path)!["bytes"] = bytes;
        File.WriteAllText(manifest, json.ToJsonString());
    }
}
