using System.Text.Json;
using DiVLA.Control.Cli;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.EndToEnd.Tests.Operators;

/// <summary>What operators see of an arm that the default policy drives: random weights steer nothing.</summary>
[TestFixture]
internal sealed class SteeredRobotTests
{
    private ServiceAtWork _service = null!;

    [OneTimeSetUp]
    public async Task Serve() => _service = await ServiceAtWork.StartAsync(Checkout.DefaultBundle);

    [OneTimeTearDown]
    public async Task End() => await _service.DisposeAsync();

    [Test]
    public async Task Why_OfATickOfARobotAtWork_NamesPhraseObservationAndAction()
    {
        await using var robot = await RobotAtWork.StartAsync(_service.Address, "asked");
        var tick = await robot.SteeredTickAsync();
        var why = await Divla.RunAsync("reasoning", "why", "asked", "--tick", $"{tick}", "--server", _service.Address, "--json");
        var words = await Divla.RunAsync("reasoning", "why", "asked", "--tick", $"{tick}", "--server", _service.Address);
        var phrase = why.LastJson.GetProperty("phrase").GetProperty("phrase_id").GetUInt64();
        var all = await Divla.RunAsync("reasoning", "why", "asked", "--phrase", $"{phrase}", "--limit", "1000", "--server", _service.Address, "--json");
        var never = await Divla.RunAsync("reasoning", "why", "asked", "--tick", "99999999", "--server", _service.Address);
        await robot.EndAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(why.LastJson.GetProperty("tick").GetUInt64(), Is.EqualTo(tick));
            Assert.That(why.LastJson.GetProperty("observation_sequence").GetUInt64(), Is.Positive);
            Assert.That(words.Out, Does.Contain("phrase: [").And.Contain("observation: ").And.Contain("action: "));
            Assert.That(all.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("tick").GetUInt64()), Has.Member(tick));
            Assert.That((never.ExitCode, never.Error), Is.EqualTo((ExitCode.Failed, $"NotFound: no record of tick 99999999: no command was sent at it, it is too old, or it was lost{Environment.NewLine}")));
        }
    }

    [Test]
    public async Task Watch_OfARobotAtWork_ShowsWhatItDoesUntilItsSessionEnds()
    {
        await using var robot = await RobotAtWork.StartAsync(_service.Address, "watched");
        await robot.SteeredTickAsync();
        var json = Divla.RunAsync("watch", "watched", "--server", _service.Address, "--json");
        var lines = Divla.RunAsync("watch", "watched", "--server", _service.Address);
        var reasoning = Divla.RunAsync("reasoning", "watch", "watched", "--server", _service.Address);
        await Task.Delay(TimeSpan.FromSeconds(2));
        await robot.EndAsync();
        var events = (await json).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        var kinds = new[] { "stops", "session", "phrase", "state", "joints", "statistics", "ended" };
        using (Assert.EnterMultipleScope())
        {
            Assert.That(new[] { (await json).ExitCode, (await lines).ExitCode, (await reasoning).ExitCode }, Is.All.EqualTo(ExitCode.Success));
            Assert.That(kinds.Where(kind => !events.Any(item => item.TryGetProperty(kind, out _))), Is.Empty, "every kind of event came");
            Assert.That((await lines).Out, Does.Contain("watched: session ").And.Contain(", lateness p50 ").And.Contain(" rad, gripper ").And.Contain("has ended"));
        }
    }
}
