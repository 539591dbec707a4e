using DiVLA.Control.Cli;
using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.EndToEnd.Tests.Eval;

[TestFixture]
internal sealed class EvalTests
{
    // Random weights: the episode ends by its limit, and the failure is on record.
    [Test]
    public async Task Eval_OfARandomPolicy_ReportsItsFailure()
    {
        var failures = Directory.CreateTempSubdirectory("divla-failures-").FullName;
        var log = Path.Combine(failures, "eval.log");
        var eval = await Divla.RunAsync(
            "eval", "--episodes", "1", "--families", "direct", "--seed", "3", "--json", "--bundle", RandomBundle.Directory, "--save-failures", failures, "--log-file", log);

        Assert.That(eval.ExitCode, Is.EqualTo(ExitCode.Success), eval.Error);
        var family = eval.LastJson.GetProperty("families")[0];
        Assert.That(family.GetProperty("family").GetString(), Is.EqualTo("direct"));
        Assert.That(family.GetProperty("episodes").GetInt32(), Is.EqualTo(1));
        Assert.That(family.GetProperty("successes").GetInt32(), Is.Zero);
        Assert.That(family.GetProperty("success_rate").GetDouble(), Is.Zero);
        Assert.That(family.GetProperty("interval_95").EnumerateArray().Select(end => end.GetDouble()), Is.EqualTo(new[] { 0, 0.793 }).Within(0.001));
        Assert.That(family.GetProperty("phrase_exact_match").GetDouble(), Is.InRange(0, 1));
        Assert.That(family.GetProperty("seconds_median").ValueKind, Is.EqualTo(System.Text.Json.JsonValueKind.Null));
        var fields = eval.LastJson.EnumerateObject().Concat(family.EnumerateObject()).Select(field => field.Name);
        Assert.That(fields, Is.EquivalentTo(Manual.Fields("## `eval --json`")));
        Assert.That(eval.LastJson.GetProperty("seed").GetInt32(), Is.EqualTo(3));
        Assert.That(eval.LastJson.GetProperty("bundle_revision").GetString(), Is.Not.Empty);
        Assert.That(Path.Combine(failures, "panda-direct-3.png"), Does.Exist);
        Assert.That(eval.LastJson.GetProperty("pin").ValueKind, Is.EqualTo(System.Text.Json.JsonValueKind.Null));
        Assert.That(eval.LastJson.GetProperty("ablation").ValueKind, Is.EqualTo(System.Text.Json.JsonValueKind.Null));
        Assert.That(Directory.GetFiles(failures, "eval*.log"), Has.Length.EqualTo(1));
        Directory.Delete(failures, recursive: true);
    }

    // A bin is pinned without a look at the scene, so random weights do.
    [Test]
    public async Task Eval_OfAPinnedBinUnderAnAblation_CountsTheEpisode()
    {
        var eval = await Divla.RunAsync(
            "eval", "--episodes", "1", "--families", "direct", "--seed", "4", "--json", "--bundle", RandomBundle.Directory,
            "--pin", "bin", "--pin-at", "5", "--ablate", "shuffled-reasoning");

        Assert.That(eval.ExitCode, Is.EqualTo(ExitCode.Success), eval.Error);
        var (family, pin) = (eval.LastJson.GetProperty("families")[0], eval.LastJson.GetProperty("pin"));
        Assert.That(family.GetProperty("episodes").GetInt32(), Is.EqualTo(1));
        Assert.That(family.GetProperty("pins_refused").GetInt32() + family.GetProperty("pins_late").GetInt32(), Is.Zero);
        Assert.That((pin.GetProperty("kind").GetString(), pin.GetProperty("at_tick").GetInt32()), Is.EqualTo(("bin", 5)));
        Assert.That(pin.GetProperty("release_at_tick").ValueKind, Is.EqualTo(System.Text.Json.JsonValueKind.Null));
        Assert.That(eval.LastJson.GetProperty("ablation").GetString(), Is.EqualTo("shuffled-reasoning"));
    }

    // The scene holds nothing that this bundle knows the name of.
    [Test]
    public async Task Eval_OfAPinThatTheServiceRefuses_CountsItApart()
    {
        var eval = await Divla.RunAsync(
            "eval", "--episodes", "1", "--families", "direct", "--seed", $"{SeedOfForeignObjects()}", "--json", "--bundle", RandomBundle.Directory, "--pin", "object");

        Assert.That(eval.ExitCode, Is.EqualTo(ExitCode.Success), eval.Error);
        var family = eval.LastJson.GetProperty("families")[0];
        Assert.That((family.GetProperty("episodes").GetInt32(), family.GetProperty("pins_refused").GetInt32()), Is.EqualTo((0, 1)));
    }

    private static ulong SeedOfForeignObjects()
    {
        var known = TestConfigs.Steerable.Scene!.Kinds;
        for (var seed = 1UL; ; seed++)
        {
            var names = EpisodeSampler.Sample(SeedSplit.Evaluation, seed, TaskFamily.Direct).Scene.Objects.ToArray().Select(item => InstructionGrammar.Name(item.Kind));
            if (!names.Intersect(known).Any()) return seed;
        }
    }
}
