using DiVLA.Control.Cli;
using DiVLA.Control.Cli.Bench;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.EndToEnd.Tests.Bench;

[TestFixture]
internal sealed class BenchStopTests
{
    // How long it takes on a shared machine is for a quiet one to say; here the measurement itself has to be right.
    [Test]
    public async Task Bench_OfSomeStops_MeasuresEveryArmEachTime()
    {
        var bench = await Divla.RunAsync("bench", "stop", "--stops", "5", "--arms", "1", "--watchers", "2", "--busy", "0", "--json", "--bundle", Checkout.DefaultBundle);
        Assert.That(bench.ExitCode, Is.AnyOf(ExitCode.Success, ExitCode.Failed), bench.Error);
        var (sent, arrived) = (bench.LastJson.GetProperty("request_to_sent_ms"), bench.LastJson.GetProperty("call_to_robot_ms"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(sent.GetProperty("count").GetInt32() + bench.LastJson.GetProperty("unmeasured").GetInt32(), Is.EqualTo(5));
            Assert.That(arrived.GetProperty("count").GetInt32(), Is.EqualTo(sent.GetProperty("count").GetInt32()));
            Assert.That(Count("of_all_ms") + Count("of_one_ms"), Is.EqualTo(sent.GetProperty("count").GetInt32()));
            Assert.That((Count("of_all_ms"), Count("of_one_ms")), Is.Not.AnyOf((5, 0), (0, 5)), "stops of all and of one take turns");
            Assert.That(new[] { "p50", "p90", "p99", "max" }.Select(name => sent.GetProperty(name).GetDouble()), Is.Ordered.And.All.Positive);
            Assert.That(arrived.GetProperty("max").GetDouble(), Is.GreaterThan(sent.GetProperty("p50").GetDouble()));
            Assert.That(bench.LastJson.GetProperty("is_within_target").GetBoolean(), Is.EqualTo(bench.ExitCode == ExitCode.Success));
            Assert.That(bench.LastJson.EnumerateObject().Select(field => field.Name), Is.EquivalentTo(Manual.Fields("## `bench stop --json`")));
        }

        int Count(string field) => bench.LastJson.GetProperty(field).GetProperty("count").GetInt32();
    }

    [Test]
    public void Percentiles_OfAHundredValues_AreThoseValues()
    {
        var percentiles = BenchPercentiles.Of(Enumerable.Range(1, 100).Select(value => (double)value).Reverse());
        Assert.That(percentiles, Is.EqualTo(new BenchPercentiles(100, 50, 90, 99, 100)));
    }
}
