using System.Globalization;
using System.Text.RegularExpressions;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.Service.Tests.Telemetry;

/// <summary>What Prometheus finds at /metrics of a service that drives an arm.</summary>
[TestFixture]
internal sealed partial class MetricsTests
{
    // There where the service has a certificate.
    private static readonly string[] WithCredentials = ["divla_control_certificate_not_after_seconds"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Test]
    public async Task Session_IsOver_EveryCommandOfItIsCountedOnce()
    {
        var (robot, _) = await WireRobot.OpenAsync(TestServer.Shared, "metered");
        using var disposing = robot;
        while (robot.Actions.All(action => action.State != Wire.LadderState.Fresh))
        {
            await robot.ObserveAsync();
            await robot.NextActionAsync(_ => true);
        }
        await robot.StopAsync();
        var summary = (await robot.SummaryAsync()).Statistics;

        // Exporters read a little behind the loop.
        var metrics = await UntilAsync(metrics => Sum(metrics, "divla_control_commands_total", "metered") >= summary.CommandsSent);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Sum(metrics, "divla_control_commands_total", "metered"), Is.EqualTo(summary.CommandsSent));
            Assert.That(Sum(metrics, "divla_control_commands_total", "metered", "state=\"fresh\""), Is.EqualTo(summary.Fresh));
            Assert.That(Sum(metrics, "divla_control_commands_missed_total", "metered"), Is.EqualTo(summary.Missed));
            Assert.That(Sum(metrics, "divla_control_command_lateness_seconds_count", "metered"), Is.EqualTo(summary.CommandsSent));
            Assert.That(Sum(metrics, "divla_control_command_lateness_seconds_bucket", "metered", "le=\"0.001\""), Is.EqualTo(summary.CommandsSent - summary.LateOver1Ms));
            Assert.That(Sum(metrics, "divla_control_stage_duration_seconds_count", "metered", "stage=\"backbone\""), Is.EqualTo(summary.Fresh));
            Assert.That(Sum(metrics, "divla_control_observations_total", "metered", "outcome=\"received\""), Is.EqualTo(summary.ObservationsReceived));
        }
    }

    [Test]
    public async Task Manual_NamesEveryMetric_AndNoOther()
    {
        var (robot, _) = await WireRobot.OpenAsync(TestServer.Shared, "named");
        using var disposing = robot;
        while (robot.Actions.All(action => action.State != Wire.LadderState.Fresh))
        {
            await robot.ObserveAsync();
            await robot.NextActionAsync(_ => true);
        }
        await robot.StopAsync();
        await robot.SummaryAsync();
        var metrics = await UntilAsync(metrics => Sum(metrics, "divla_control_stage_duration_seconds_count", "named") > 0);
        var served = TypeLine().Matches(metrics).Select(match => match.Groups[1].Value).Where(name => name.StartsWith("divla_", StringComparison.Ordinal));
        var manual = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "observability.md"));
        var named = NameInManual().Matches(manual).Select(match => match.Groups[1].Value).Except(WithCredentials);
        Assert.That(named.Distinct(), Is.EquivalentTo(served.Distinct()));
    }

    private static async Task<string> UntilAsync(Func<string, bool> isThere)
    {
        using var http = new HttpClient { BaseAddress = TestServer.Shared.HttpAddress };
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var metrics = await http.GetStringAsync("metrics", patience.Token);
            if (isThere(metrics)) return metrics;
            await Task.Delay(TimeSpan.FromMilliseconds(200), patience.Token);
        }
    }

    private static ulong Sum(string metrics, string name, string robot, string label = "") => (ulong)metrics.Split('\n')
        .Where(line => line.StartsWith(name + "{", StringComparison.Ordinal) && line.Contains($"robot=\"{robot}\"", StringComparison.Ordinal) && line.Contains(label, StringComparison.Ordinal))
        .Sum(line => double.Parse(Value().Match(line).Groups[1].Value, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"^# TYPE (\S+)", RegexOptions.Multiline)]
    private static partial Regex TypeLine();

    // First cell of a row of the manual's table.
    [GeneratedRegex(@"^\| `(divla_[a-z_]+)`", RegexOptions.Multiline)]
    private static partial Regex NameInManual();

    [GeneratedRegex(@"\} (\S+)")]
    private static partial Regex Value();
}
