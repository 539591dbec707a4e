using System.Text.Json;
using System.Text.RegularExpressions;
using DiVLA.Control.Cli;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.EndToEnd.Tests.Deployment;

/// <summary>Configuration, alert rules and dashboard: checked by Prometheus' own tools, against the manual, and in use.</summary>
[TestFixture]
internal sealed partial class PrometheusTests
{
    private const string Folder = "deploy/prometheus";
    private const string Dashboard = "deploy/grafana/dashboards/divla-control.json";

    [TestCase("check", "config", "prometheus.yml")]
    [TestCase("check", "rules", "alerts.yml")]
    [TestCase("test", "rules", "alerts.test.yml")]
    public async Task Files_AreCheckedByPromtool_WithoutFault(string verb, string kind, string file)
    {
        var (exitCode, output) = await Tool.RunAsync("promtool", verb, kind, Path.Combine(Checkout.Root, Folder, file));
        Assert.That(exitCode, Is.Zero, output);
    }

    [TestCase($"{Folder}/alerts.yml")]
    [TestCase(Dashboard)]
    public void Metrics_ThatAreAskedFor_AreInTheManual(string file)
    {
        var manual = NameInManual().Matches(Read("docs/observability.md")).Select(match => match.Groups[1].Value).ToHashSet();
        var asked = Metric().Matches(Read(file)).Select(match => Suffix().Replace(match.Value, "")).Distinct().ToArray();
        Assert.That(asked, Is.Not.Empty);
        Assert.That(asked, Is.SubsetOf(manual));
    }

    [Test]
    public void Alerts_AreIn_TheManual()
    {
        var rules = AlertName().Matches(Read($"{Folder}/alerts.yml")).Select(match => match.Groups[1].Value);
        var manual = AlertInManual().Matches(Read("docs/observability.md")).Select(match => match.Groups[1].Value);
        Assert.That(manual, Is.EquivalentTo(rules));
    }

    [Test]
    public void Dashboard_Panels_AskSomethingAndLieApart()
    {
        var panels = JsonDocument.Parse(Read(Dashboard)).RootElement.GetProperty("panels").EnumerateArray().ToArray();
        var cells = new HashSet<(int X, int Y)>();
        foreach (var panel in panels)
        {
            Assert.That(panel.GetProperty("targets").EnumerateArray().Select(target => target.GetProperty("expr").GetString()), Is.All.Not.Empty);
            Assert.That(panel.GetProperty("description").GetString(), Is.Not.Empty);
            foreach (var cell in Cells(panel.GetProperty("gridPos"))) Assert.That(cells.Add(cell), Is.True, $"two panels lie at {cell}");
        }
        Assert.That(panels.Select(panel => panel.GetProperty("id").GetInt32()), Is.Unique);
    }

    // In clear text without credentials, and over TLS with a viewer's token.
    [TestCase(false)]
    [TestCase(true)]
    public async Task Prometheus_ScrapesAServiceThatDrivesAnArm_FindsEveryMetric(bool isSecure)
    {
        var pki = Directory.CreateTempSubdirectory("divla-scrape-");
        try
        {
            string PathOf(string file) => Path.Combine(pki.FullName, "pki", file);
            await Divla.RunAsync("certs", "init", Path.Combine(pki.FullName, "pki"));
            await Divla.RunAsync("certs", "client", Path.Combine(pki.FullName, "pki"), "arm", "--role", "robot", "--robots", "simulated-panda");
            await Divla.RunAsync("certs", "token", Path.Combine(pki.FullName, "pki"), "prometheus", "--role", "viewer", "--robots", "*");
            string[] security = isSecure ? ["--tls-cert", PathOf("server.crt"), "--tls-key", PathOf("server.key"), "--client-ca", PathOf("ca.crt"), "--token-keys", PathOf("token-keys.json")] : [];
            string[] credentials = isSecure ? ["--ca", PathOf("ca.crt"), "--cert", PathOf("arm.crt"), "--key", PathOf("arm.key")] : [];

            await using var service = await RunningService.StartAsync(["--listen", "127.0.0.1:0", "--listen-http", "127.0.0.1:0", .. security]);
            using var enough = new CancellationTokenSource();
            var simulating = Divla.RunAsync(enough.Token, ["simulate", "--server", service.Grpc.ToString(), "--json", .. credentials]);
            string[] variables = isSecure ? [$"SCRAPE_CA={PathOf("ca.crt")}", $"SCRAPE_TOKEN={PathOf("prometheus.token")}"] : [];
            var scraping = Tool.RunAsync("env", [.. variables, Path.Combine(Checkout.Root, Folder, "scrape"), service.Http.Authority]);
            await Task.WhenAny(scraping, simulating);
            await enough.CancelAsync();
            var (simulated, scraped) = (await simulating, await scraping);
            if (scraped.Output.Contains("prometheus: command not found", StringComparison.Ordinal)) await Tool.RunAsync("prometheus", "--version");
            Assert.That(scraped.ExitCode, Is.Zero, scraped.Output + simulated.Error);
            Assert.That(simulated.ExitCode, Is.EqualTo(ExitCode.Success), simulated.Error);
        }
        finally
        {
            pki.Delete(recursive: true);
        }
    }

    private static IEnumerable<(int X, int Y)> Cells(JsonElement position)
    {
        int At(string name) => position.GetProperty(name).GetInt32();
        return from x in Enumerable.Range(At("x"), At("w")) from y in Enumerable.Range(At("y"), At("h")) select (x, y);
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(Checkout.Root, file));

    [GeneratedRegex(@"\bdivla_control_[a-z_]+")]
    private static partial Regex Metric();

    [GeneratedRegex("_(bucket|count|sum)$")]
    private static partial Regex Suffix();

    [GeneratedRegex(@"^\| `(divla_[a-z_]+)`", RegexOptions.Multiline)]
    private static partial Regex NameInManual();

    [GeneratedRegex(@"- alert: (\S+)")]
    private static partial Regex AlertName();

    [GeneratedRegex(@"^\| `(Divla[A-Za-z]+)`", RegexOptions.Multiline)]
    private static partial Regex AlertInManual();
}
