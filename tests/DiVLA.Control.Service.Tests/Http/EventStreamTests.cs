using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using DiVLA.Control.Client;
using SkiaSharp;

namespace DiVLA.Control.Service.Tests.Http;

[TestFixture]
internal sealed class EventStreamTests
{
    [Test]
    public async Task Events_OfASession_AreWhatAnOperatorWantsToSee_AndEndWithIt()
    {
        var (robot, accepted) = await WireRobot.OpenAsync(TestServer.Shared, "streamed");
        using var disposing = robot;
        var reading = ReadAsync($"v1/sessions/{accepted.SessionId}/events");
        Wire.Action action;
        do
        {
            await robot.ObserveAsync();
            action = await robot.NextActionAsync(_ => true);
        }
        while (action.Tick < 150 || action.PhraseId == 0);
        await robot.StopAsync();
        await robot.SummaryAsync();
        var events = await reading;
        var byName = events.ToLookup(item => item.Name, item => item.Data);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(events.Select(item => item.Name).Distinct(), Is.EquivalentTo(["stops", "session", "phrase", "state", "joints", "statistics", "picture", "ended"]));
            Assert.That((events[0].Name, events[1].Name, events[^1].Name), Is.EqualTo(("stops", "session", "ended")));
            Assert.That(byName["session"].First().GetProperty("contract").GetProperty("joint_names").GetArrayLength(), Is.EqualTo(7));
            Assert.That(byName["phrase"].First().GetProperty("text").GetString(), Is.Not.Empty);
            Assert.That(byName["state"].Select(state => state.GetProperty("state").GetString()), Is.Not.Empty.And.None.EqualTo("UNSPECIFIED"));
            Assert.That(byName["joints"].Last().GetProperty("commanded_joints_rad").GetArrayLength(), Is.EqualTo(7), "the first may come before the first command");
            Assert.That(byName["statistics"].First().GetProperty("lateness").GetProperty("p99_us").ValueKind, Is.EqualTo(JsonValueKind.Number));
            Assert.That(byName["statistics"].Count(statistics => Count(statistics, "recent_lateness") is > 0 and var recent && recent < Count(statistics, "lateness")), Is.Positive, "the last second by itself");
            Assert.That(byName["picture"].Select(picture => picture.GetProperty("camera").GetString()).Distinct(), Is.EquivalentTo(["front", "wrist"]));
            Assert.That(events.Skip(1).Select(item => item.Data.GetProperty("robot_id").GetString()), Is.All.EqualTo("streamed"));
        }
        using var picture = SKBitmap.Decode(byName["picture"].First().GetProperty("jpeg").GetBytesFromBase64());
        Assert.That(picture.GetPixel(picture.Width / 2, picture.Height / 2).Red, Is.EqualTo(128).Within(3), "what the cameras saw: one grey");
    }

    [Test]
    public async Task Events_OfAllSessions_BeginWhenOneOpens()
    {
        await using var server = await DivlaServer.StartAsync(TestServer.Options, CancellationToken.None);
        using var channel = ServiceChannel.For(server.GrpcAddress);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var operations = new OperationsClient(channel);
        var seen = new List<Wire.WatchResponse>();
        WireRobot? robot = null;
        await foreach (var news in operations.WatchAsync(new Wire.WatchRequest { PeriodMs = 50 }, patience.Token))
        {
            seen.Add(news);
            robot ??= (await WireRobot.OpenAsync(server, "newcomer")).Robot;
            if (news.Session is not null) await operations.EmergencyStopAsync(new Wire.EmergencyStopRequest(), patience.Token);
            if (news.Stops is { AllStopped: true }) await robot.StopAsync();
            if (news.Ended is not null) break;
        }
        robot!.Dispose();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(seen[0].Stops, Is.EqualTo(new Wire.StopState()));
            Assert.That(seen.Count(news => news.Session is not null), Is.EqualTo(1));
            Assert.That(seen.Select(news => news.State?.Reason), Has.Member(Wire.LadderReason.EmergencyStop));
            Assert.That(seen.Where(news => news.Stops is null).Select(news => news.RobotId), Is.All.EqualTo("newcomer"));
        }
    }

    // Over real connections: those who never read a byte take nothing from the robot, tick by tick.
    [Test]
    public async Task Watchers_AreDead_RobotGetsEveryCommand()
    {
        await using var server = await DivlaServer.StartAsync(TestServer.Options, CancellationToken.None);
        var (robot, accepted) = await WireRobot.OpenAsync(server, "watched");
        using var disposing = robot;
        var operations = new Wire.Operations.OperationsClient(robot.Channel);
        var calls = Enumerable.Range(0, 8).Select(_ => operations.Watch(new Wire.WatchRequest { PeriodMs = 50, WithPictures = true })).ToArray();
        var sockets = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => AskAndNeverReadAsync(server, $"/v1/sessions/{accepted.SessionId}/events?period_ms=50")));
        for (var observation = 0; observation < 200; observation++)
        {
            await robot.ObserveAsync();
            await robot.NextActionAsync(_ => true);
        }
        await robot.StopAsync();
        var statistics = (await robot.SummaryAsync()).Statistics;
        foreach (var call in calls) call.Dispose();
        foreach (var socket in sockets) socket.Dispose();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(statistics.CommandsSent, Is.EqualTo((ulong)robot.Actions.Count));
            Assert.That(statistics.TicksDue, Is.EqualTo(statistics.CommandsSent + statistics.Missed));
            Assert.That(robot.Actions.Select(action => action.Tick), Is.Ordered.And.Unique);
        }
    }

    // A window of one packet or so: the service's side is full at once and stays so.
    private static async Task<Socket> AskAndNeverReadAsync(DivlaServer server, string path)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 1024 };
        await socket.ConnectAsync(server.HttpAddress.Host, server.HttpAddress.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {server.HttpAddress.Authority}\r\n\r\n"));
        return socket;
    }

    private static ulong Count(JsonElement statistics, string latency) =>
        statistics.TryGetProperty(latency, out var percentiles) ? percentiles.GetProperty("count").GetUInt64() : 0;

    private static async Task<List<(string Name, JsonElement Data)>> ReadAsync(string path)
    {
        using var http = new HttpClient { BaseAddress = TestServer.Shared.HttpAddress };
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("text/event-stream"));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var events = new List<(string, JsonElement)>();
        while (await reader.ReadLineAsync() is { } name)
        {
            var data = await reader.ReadLineAsync();
            Assert.That((name.StartsWith("event: ", StringComparison.Ordinal), data!.StartsWith("data: ", StringComparison.Ordinal), await reader.ReadLineAsync()), Is.EqualTo((true, true, "")));
            events.Add((name["event: ".Length..], JsonDocument.Parse(data["data: ".Length..]).RootElement));
        }
        return events;
    }
}
