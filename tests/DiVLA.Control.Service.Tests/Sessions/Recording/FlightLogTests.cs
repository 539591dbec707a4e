using System.Text.Json;
using DiVLA.Control.Client;

namespace DiVLA.Control.Service.Tests.Sessions.Recording;

[TestFixture]
internal sealed class FlightLogTests
{
    private DirectoryInfo _folder = null!;

    [SetUp]
    public void Create() => _folder = Directory.CreateTempSubdirectory("divla-flight-");

    [TearDown]
    public void Delete() => _folder.Delete(recursive: true);

    [Test]
    public async Task Arm_IsStoppedInAnEmergency_LastTicksAreWrittenBesideTheLog()
    {
        var session = await DriveAsync((robot, operations) => operations.EmergencyStopAsync(new Wire.EmergencyStopRequest { Arms = new Wire.Arms { RobotId = "recorded" } }, CancellationToken.None));
        var file = _folder.GetFiles("flight-*.jsonl").Single();
        var lines = (await File.ReadAllLinesAsync(file.FullName)).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        var ticks = lines.Where(line => line.GetProperty("kind").GetString() == "tick").ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(file.Name, Does.Contain(session));
            Assert.That(ticks, Has.Length.GreaterThan(20), "what led to the stop");
            Assert.That(ticks.Select(tick => tick.GetProperty("tick").GetInt64()), Is.Ordered.And.Unique);
            Assert.That(ticks[0].GetProperty("state").GetString(), Is.EqualTo("Hold"));
            Assert.That(ticks[0].GetProperty("joints_rad").GetArrayLength(), Is.EqualTo(7));
            Assert.That(ticks.Select(tick => tick.GetProperty("reason").GetString()), Has.Member("EmergencyStop"));
        }
    }

    [Test]
    public async Task Session_EndsInOrder_NothingIsWritten()
    {
        await DriveAsync((_, _) => Task.CompletedTask);
        Assert.That(_folder.GetFiles("flight-*"), Is.Empty);
    }

    private async Task<string> DriveAsync(Func<WireRobot, OperationsClient, Task> act)
    {
        var log = new LogOptions { Console = false, File = Path.Combine(_folder.FullName, "service.log") };
        await using var server = await DivlaServer.StartAsync(TestServer.Options with { Log = log }, CancellationToken.None);
        var (robot, accepted) = await WireRobot.OpenAsync(server, "recorded");
        using var disposing = robot;
        await robot.NextActionAsync(action => action.Tick >= 30);
        await act(robot, new OperationsClient(robot.Channel));
        await robot.StopAsync();
        await robot.SummaryAsync();
        return accepted.SessionId;
    }
}
