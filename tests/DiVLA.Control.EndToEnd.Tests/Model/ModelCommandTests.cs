using DiVLA.Control.Cli;

namespace DiVLA.Control.EndToEnd.Tests.Model;

[TestFixture]
internal sealed class ModelCommandTests
{
    private string _copy = null!;

    [SetUp]
    public void CopyBundle() => _copy = RandomBundle.Copy();

    [TearDown]
    public void DeleteCopy() => Directory.Delete(_copy, recursive: true);

    [Test]
    public async Task Verify_OfAWholeBundle_FindsNoFaults()
    {
        var verify = await Divla.RunAsync("model", "verify", _copy, "--json");
        Assert.That(verify.ExitCode, Is.EqualTo(ExitCode.Success), verify.Out + verify.Error);
        Assert.That(verify.LastJson.GetProperty("valid").GetBoolean(), Is.True);
    }

    [Test]
    public async Task Verify_OfADamagedCopy_ListsAllFaults()
    {
        FlipLastByte("diffusion.onnx");
        FlipLastByte("tokenizer.json");
        File.Delete(Path.Combine(_copy, "reasoning.onnx"));

        var verify = await Divla.RunAsync("model", "verify", _copy, "--json");

        Assert.That(verify.ExitCode, Is.EqualTo(ExitCode.Failed));
        var faults = verify.LastJson.GetProperty("faults").EnumerateArray().ToArray();
        Assert.That(faults.Select(fault => fault.GetProperty("file").GetString()), Is.SupersetOf(new[] { "diffusion.onnx", "tokenizer.json", "reasoning.onnx" }));
        foreach (var fault in faults)
            foreach (var field in new[] { "file", "field", "found", "expected" })
                Assert.That(fault.GetProperty(field).GetString(), Is.Not.Empty, $"{field} of {fault}");
    }

    [Test]
    public async Task Verify_InWords_NamesEveryFault()
    {
        FlipLastByte("diffusion.onnx");
        FlipLastByte("backbone.onnx");
        var verify = await Divla.RunAsync("model", "verify", _copy);
        Assert.That(verify.Out, Does.Contain("diffusion.onnx: ").And.Contain("backbone.onnx: ").And.Contain("expected"));
    }

    [Test]
    public async Task Demo_OfADamagedBundle_IsRefused()
    {
        FlipLastByte("diffusion.onnx");
        var demo = await Divla.RunAsync("demo", "--episodes", "1", "--json", "--bundle", _copy);
        Assert.That(demo.ExitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(demo.Error, Does.Contain("diffusion.onnx"));
        Assert.That(demo.Out, Is.Empty);
    }

    [Test]
    public async Task Inspect_OfABundle_ShowsItsManifest()
    {
        var inspect = await Divla.RunAsync("model", "inspect", _copy, "--json");
        Assert.That(inspect.ExitCode, Is.EqualTo(ExitCode.Success), inspect.Error);
        Assert.That(inspect.LastJson.GetProperty("manifest").GetProperty("embodiments")[0].GetProperty("name").GetString(), Is.EqualTo("panda"));
        var stages = inspect.LastJson.GetProperty("stages").EnumerateArray().Select(stage => stage.GetProperty("stage").GetString());
        Assert.That(stages, Is.EqualTo(new[] { "backbone", "reasoning", "film", "diffusion", "embodiment" }));
    }

    [Test]
    public async Task Inspect_InWords_CountsWhatEachStageReads()
    {
        var inspect = await Divla.RunAsync("model", "inspect", _copy);
        Assert.That(inspect.Out, Does.Contain("parameters").And.Contain("Backbone").And.Contain("Film").And.Contain("embodiments/panda/embodiment.onnx"));
    }

    [Test]
    public async Task Inspect_ForAGpuAsItsMakerWritesIt_GivesItsTimes()
    {
        var inspect = await Divla.RunAsync("model", "inspect", _copy, "--gpu", "H200");
        Assert.That((inspect.ExitCode, inspect.Error), Is.EqualTo((ExitCode.Success, "")));
        Assert.That(inspect.Out, Does.Contain("H200 SXM"));
    }

    [Test]
    public async Task Inspect_OfAGraphThatIsNone_NamesTheFile()
    {
        await File.WriteAllTextAsync(Path.Combine(_copy, "diffusion.onnx"), "no graph at all");
        var inspect = await Divla.RunAsync("model", "inspect", _copy);
        Assert.That(inspect.ExitCode, Is.EqualTo(ExitCode.Failed), inspect.Error);
        Assert.That(inspect.Error, Does.Contain("diffusion.onnx"));
    }

    [Test]
    public async Task Inspect_OfAManifestThatIsNoJson_NamesTheFile()
    {
        await File.WriteAllTextAsync(Path.Combine(_copy, "policy.json"), "{");
        var inspect = await Divla.RunAsync("model", "inspect", _copy);
        Assert.That(inspect.ExitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(inspect.Error, Does.Contain("policy.json"));
    }

    private void FlipLastByte(string file)
    {
        var path = Path.Combine(_copy, file);
        var bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
    }
}
