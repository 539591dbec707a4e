using System.Text.Json;
using DiVLA.Control.Cli;

namespace DiVLA.Control.EndToEnd.Tests.Bench;

/// <summary>A published shape, from its name to phrase and actions over gRPC.</summary>
[TestFixture]
internal sealed class BenchTests
{
    private string _folder = null!;
    private string _bundle = null!;

    [OneTimeSetUp]
    public async Task Build()
    {
        _folder = Directory.CreateTempSubdirectory("divla-bench-").FullName;
        _bundle = Path.Combine(_folder, "bundle");
        var build = await Divla.RunAsync(
            "model", "build", "--shape", "tiny", "--random-weights", "--output", _bundle, "--phrase-tokens", "4", "--camera", "front=56x56", "--json");
        Assert.That(build.ExitCode, Is.EqualTo(ExitCode.Success), build.Error + build.Out);
        Assert.That(build.LastJson.GetProperty("verification").GetString(), Is.EqualTo("structure"));
    }

    [OneTimeTearDown]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Bench_AShape_TimesEveryStageAndDeliversPhraseAndActions()
    {
        var bench = await Divla.RunAsync("bench", "--bundle", _bundle, "--passes", "3", "--phrases", "2", "--seconds", "2", "--json");
        Assert.That(bench.ExitCode, Is.EqualTo(ExitCode.Success), bench.Error);
        var lines = bench.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.That(lines, Has.Length.EqualTo(2));

        var policy = lines[0];
        Assert.That(policy.GetProperty("passes").GetInt32(), Is.EqualTo(3));
        Assert.That(policy.GetProperty("outcomes").EnumerateObject().Sum(outcome => outcome.Value.GetInt32()), Is.EqualTo(3));
        foreach (var stage in new[] { "backbone", "diffusion" })
            Assert.That(policy.GetProperty("stage_ms").GetProperty(stage).GetProperty("p50").GetDouble(), Is.Positive, stage);
        Assert.That(policy.GetProperty("phrase_tokens").GetDouble(), Is.InRange(1, 4));
        Assert.That(policy.GetProperty("token_ms").GetDouble(), Is.Positive);

        var loop = lines[1];
        var sent = loop.GetProperty("commands_sent").GetUInt64();
        Assert.That(loop.GetProperty("fresh").GetUInt64() + loop.GetProperty("reused").GetUInt64() + loop.GetProperty("hold").GetUInt64() + loop.GetProperty("stopped").GetUInt64(), Is.EqualTo(sent));
        Assert.That(loop.GetProperty("actions_received").GetInt64(), Is.Positive);
        Assert.That(loop.GetProperty("phrases").GetInt32(), Is.Positive);
    }

    [Test]
    public async Task Bench_OneInstruction_IsRefused()
    {
        var bench = await Divla.RunAsync("bench", "--bundle", _bundle, "--instruction", "wave");
        Assert.That(bench.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(bench.Error, Does.Contain("--instruction"));
    }

    [Test]
    public async Task DryRun_OfThe72BShape_SaysWhatItTakesOnAGpu()
    {
        var plan = await Divla.RunAsync("model", "build", "--shape", "qwen2-vl-72b", "--dry-run", "--precision", "bf16", "--gpu", "h200", "--json");
        Assert.That(plan.ExitCode, Is.EqualTo(ExitCode.Success), plan.Error);
        var estimate = plan.LastJson.GetProperty("estimate");
        Assert.That(estimate.GetProperty("accelerator").GetString(), Is.EqualTo("h200"));
        Assert.That(estimate.GetProperty("devices").GetInt32(), Is.GreaterThan(1));
        Assert.That(plan.LastJson.GetProperty("bytes_written").GetInt64(), Is.GreaterThan(140_000_000_000));
    }

    [Test]
    public async Task DryRun_InWords_FitsInto80Columns()
    {
        var plan = await Divla.RunAsync("model", "build", "--shape", "qwen2-vl-2b", "--dry-run", "--precision", "fp16");
        Assert.That(plan.Out.Split('\n').Max(line => line.TrimEnd().Length), Is.LessThanOrEqualTo(80));
        Assert.That(plan.Out, Does.Contain("full pass without decoding").And.Contain("KV caches").And.Contain("generated.safetensors"));
    }

    [TestCase("--random-weights needs a shape", "model", "build", "--random-weights", "--output", "x")]
    [TestCase("a shape needs weights", "model", "build", "--shape", "tiny", "--output", "x")]
    [TestCase("no such shape", "model", "build", "--shape", "qwen9", "--random-weights", "--output", "x")]
    [TestCase("no such GPU", "model", "build", "--shape", "tiny", "--dry-run", "--gpu", "abacus")]
    public async Task Build_ArgumentsThatMakeNoSense_AreRefused(string reason, params string[] arguments)
    {
        var build = await Divla.RunAsync(arguments);
        Assert.That(build.ExitCode, Is.EqualTo(ExitCode.Usage), reason);
        Assert.That(build.Error, Does.Contain("expected"), reason);
    }

    [Test]
    public async Task Inspect_OfAShape_ShowsStagesWithTheirCosts()
    {
        var inspect = await Divla.RunAsync("model", "inspect", _bundle);
        Assert.That(inspect.ExitCode, Is.EqualTo(ExitCode.Success), inspect.Error);
        Assert.That(inspect.Out.Split('\n').Max(line => line.TrimEnd().Length), Is.LessThanOrEqualTo(80));
        Assert.That(inspect.Out, Does.Contain("FLOP").And.Contain("likely ms").And.Contain("keys.{0..1}"));
    }
}
