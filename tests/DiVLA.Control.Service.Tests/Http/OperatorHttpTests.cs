using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace DiVLA.Control.Service.Tests.Http;

/// <summary>What operators do with curl: real requests on loopback.</summary>
[TestFixture]
internal sealed class OperatorHttpTests
{
    private static readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("divla-http-");
    private static DivlaServer _server = null!;
    private static HttpClient _http = null!;

    [OneTimeSetUp]
    public static async Task StartAsync()
    {
        var records = new RecordOptions { File = Path.Combine(_folder.FullName, "reasoning.db") };
        _server = await DivlaServer.StartAsync(TestServer.Options with { Records = records }, CancellationToken.None);
        _http = new HttpClient { BaseAddress = _server.HttpAddress };
    }

    [OneTimeTearDown]
    public static async Task StopAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Test]
    public async Task Reasoning_OfASession_IsItsPhraseItsTickAndItsState()
    {
        using var robot = await SpeakingRobotAsync("curl-1");
        var reasoning = await GetAsync("v1/sessions/curl-1/reasoning");
        var history = await GetAsync("v1/sessions/curl-1/reasoning/history?limit=5");
        var tick = robot.Actions.Last(action => action.PhraseId > 0);
        await robot.NextActionAsync(action => action.Tick > tick.Tick + 1);
        var why = await GetAsync($"v1/sessions/curl-1/reasoning/ticks/{tick.Tick}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(reasoning.GetProperty("robot_id").GetString(), Is.EqualTo("curl-1"));
            Assert.That(reasoning.GetProperty("phrase").GetProperty("text").GetString(), Is.Not.Empty);
            Assert.That(reasoning.GetProperty("phrase").GetProperty("freshness").GetString(), Is.AnyOf("VERIFIED", "PENDING", "UNSPECIFIED"));
            Assert.That(reasoning.GetProperty("tick").GetUInt64(), Is.Positive);
            Assert.That(reasoning.GetProperty("state").GetString(), Is.AnyOf("FRESH", "REUSED", "HOLD"));
            Assert.That(history.GetProperty("entries")[0].GetProperty("phrase").GetProperty("phrase").GetProperty("text").GetString(), Is.Not.Empty);
            Assert.That(history.GetProperty("entries")[0].GetProperty("time").GetDateTimeOffset(), Is.EqualTo(DateTimeOffset.UtcNow).Within(TimeSpan.FromHours(1)));
            Assert.That(why.GetProperty("action").GetProperty("phrase").GetProperty("phrase_id").GetUInt64(), Is.EqualTo(tick.PhraseId));
            Assert.That(why.GetProperty("action").GetProperty("joint_positions_rad").EnumerateArray().Select(joint => joint.GetDouble()), Is.EqualTo(tick.JointPositionsRad));
        }
    }

    [Test]
    public async Task Sessions_AreListed_AndOneByItselfHasItsContract()
    {
        var (robot, accepted) = await WireRobot.OpenAsync(_server, "curl-2");
        using var disposing = robot;
        await robot.NextActionAsync(action => action.Tick > 2);
        var list = await GetAsync("v1/sessions");
        var one = (await GetAsync($"v1/sessions/{accepted.SessionId}")).GetProperty("session");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(list.GetProperty("sessions").EnumerateArray().Select(session => session.GetProperty("session_id").GetString()), Has.Member(accepted.SessionId));
            Assert.That(list.GetProperty("sessions")[0].TryGetProperty("statistics", out _), Is.False);
            Assert.That(one.GetProperty("statistics").GetProperty("late_over_1ms").ValueKind, Is.EqualTo(JsonValueKind.Number));
            Assert.That(one.GetProperty("statistics").GetProperty("commands_sent").GetUInt64(), Is.Positive);
            Assert.That(one.GetProperty("contract").GetProperty("joint_names").GetArrayLength(), Is.EqualTo(7));
            Assert.That(one.GetProperty("contract").GetProperty("position_lower_rad").GetArrayLength(), Is.EqualTo(7));
            Assert.That(one.GetProperty("arm").GetProperty("commanded_joints_rad").GetArrayLength(), Is.EqualTo(7));
        }
    }

    [Test]
    public async Task EmergencyStop_OfOneById_StopsItAndAResetFreesIt()
    {
        var (robot, accepted) = await WireRobot.OpenAsync(_server, "curl-3");
        using var disposing = robot;
        var stopped = await PostAsync("v1/emergency-stop", """{"arms":{"robot_id":"curl-3"},"who":"anna","reason":"test"}""");
        var again = await PostAsync($"v1/sessions/{accepted.SessionId}/emergency-stop");
        var action = await robot.NextActionAsync(action => action.State == Wire.LadderState.Stopped);
        var reset = await PostAsync($"v1/sessions/{accepted.SessionId}/reset", """{"who":"anna","why":"test"}""");
        await robot.NextActionAsync(action => action.State != Wire.LadderState.Stopped);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(stopped.Body.GetProperty("arms")[0].GetProperty("tick").GetUInt64(), Is.EqualTo(action.Tick));
            Assert.That(again.Body.GetProperty("arms")[0].GetProperty("tick").GetUInt64(), Is.EqualTo(action.Tick));
            Assert.That(again.Body.GetProperty("arms")[0].GetProperty("already_stopped").GetBoolean(), Is.True);
            Assert.That(reset.Body.GetProperty("robot_ids")[0].GetString(), Is.EqualTo("curl-3"));
        }
    }

    [TestCase("")]
    [TestCase("{}")]
    [TestCase("""{"arms":{"all":true}}""")]
    public async Task EmergencyStop_OfAll_NeedsNoBody(string body)
    {
        await using var server = await DivlaServer.StartAsync(TestServer.Options, CancellationToken.None);
        using var http = new HttpClient { BaseAddress = server.HttpAddress };
        using var content = body.Length == 0 ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri("v1/emergency-stop", UriKind.Relative), content);
        var health = JsonDocument.Parse(await http.GetStringAsync("v1/health")).RootElement;
        Assert.That((response.StatusCode, health.GetProperty("all_stopped").GetBoolean()), Is.EqualTo((HttpStatusCode.OK, true)));
    }

    // A body whose length is not announced is a body.
    [Test]
    public async Task Body_IsSentInChunks_IsRead()
    {
        using var content = new StringContent("""{"arms":{"robot_id":"chunks"}}""", Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/emergency-stop") { Content = content };
        request.Headers.TransferEncodingChunked = true;
        using var response = await _http.SendAsync(request);
        var health = await GetAsync("v1/health");
        await PostAsync("v1/reset", """{"arms":{"robot_id":"chunks"},"who":"anna"}""");
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(health.GetProperty("stopped_robot_ids").EnumerateArray().Select(robot => robot.GetString()), Has.Member("chunks"));
        Assert.That(health.GetProperty("all_stopped").GetBoolean(), Is.False);
    }

    [TestCase("GET", "v1/sessions/nobody/reasoning", "", HttpStatusCode.NotFound, 5)]
    [TestCase("GET", "v1/sessions/nobody", "", HttpStatusCode.NotFound, 5)]
    [TestCase("GET", "v1/sessions/nobody/events", "", HttpStatusCode.NotFound, 5)]
    [TestCase("GET", "v1/events?period_ms=1", "", HttpStatusCode.BadRequest, 3)]
    [TestCase("GET", "v1/events?period_ms=soon", "", HttpStatusCode.BadRequest, 3)]
    [TestCase("GET", "v1/reasoning/history?limit=5000", "", HttpStatusCode.BadRequest, 3)]
    [TestCase("GET", "v1/reasoning/history?limit=many", "", HttpStatusCode.BadRequest, 3)]
    [TestCase("POST", "v1/reset", """{"arms":{"robot_id":"free"},"who":"anna"}""", HttpStatusCode.BadRequest, 9)]
    [TestCase("POST", "v1/reset", """{"arms":{"robot_id":"free"}}""", HttpStatusCode.BadRequest, 3)]
    [TestCase("POST", "v1/emergency-stop", "{ this is no JSON", HttpStatusCode.BadRequest, 3)]
    [TestCase("GET", "v1/nothing", "", HttpStatusCode.NotFound, 5)]
    [TestCase("POST", "v1/nothing/at/all", "{}", HttpStatusCode.NotFound, 5)]
    [TestCase("GET", "v1/emergency-stop", "", HttpStatusCode.MethodNotAllowed, 12)]
    [TestCase("POST", "v1/events", "{}", HttpStatusCode.MethodNotAllowed, 12)]
    public async Task Error_IsJson_WithTheStatusOfTheCall(string method, string path, string body, HttpStatusCode status, int code)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body.Length > 0) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.StatusCode, Is.EqualTo(status), text);
            Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/json"));
            Assert.That(JsonDocument.Parse(text).RootElement.GetProperty("code").GetInt32(), Is.EqualTo(code));
            Assert.That(JsonDocument.Parse(text).RootElement.GetProperty("message").GetString(), Is.Not.Empty);
            Assert.That(text, Does.Not.Contain("   at ").And.Not.Contain("Exception"), "no stack traces");
        }
    }

    [TestCase("GET", "v1/emergency-stop", "POST")]
    [TestCase("DELETE", "v1/emergency-stop", "POST")]
    [TestCase("GET", "v1/sessions/nobody/emergency-stop", "POST")]
    [TestCase("GET", "v1/sessions/nobody/reasoning/pin", "POST")]
    [TestCase("POST", "v1/sessions", "GET")]
    [TestCase("PUT", "v1/sessions/nobody/reasoning/ticks/1", "GET")]
    [TestCase("POST", "v1/events", "GET")]
    [TestCase("POST", "v1/sessions/nobody/events", "GET")]
    [TestCase("POST", "healthz", "GET")]
    [TestCase("PATCH", "openapi/v1.json", "GET")]
    public async Task Method_IsWrong_AnswerSaysWhichAreRight(string method, string path, string allowed)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await _http.SendAsync(request);
        var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.MethodNotAllowed));
            Assert.That(response.Content.Headers.Allow, Is.EqualTo([allowed]));
            Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/json"));
            Assert.That(body.GetProperty("code").GetInt32(), Is.EqualTo(12));
            Assert.That(body.GetProperty("message").GetString(), Does.StartWith(method).And.EndWith(allowed));
        }
    }

    [TestCase("http://evil.example", null, HttpStatusCode.Forbidden)]
    [TestCase("null", null, HttpStatusCode.Forbidden)]
    [TestCase(null, "evil.example", HttpStatusCode.Forbidden)]
    [TestCase(null, null, HttpStatusCode.OK)]
    [TestCase("own", null, HttpStatusCode.OK)]
    [TestCase(null, "localhost", HttpStatusCode.OK)]
    public async Task Page_OfAnotherSite_MayNotCall(string? origin, string? host, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "v1/health");
        if (origin is not null) request.Headers.TryAddWithoutValidation("Origin", origin == "own" ? _server.HttpAddress.GetLeftPart(UriPartial.Authority) : origin);
        if (host is not null) request.Headers.Host = host;
        using var response = await _http.SendAsync(request);
        Assert.That(response.StatusCode, Is.EqualTo(status));
    }

    [Test]
    public async Task Page_OfAnotherSite_StopsNothing()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/emergency-stop") { Content = new ByteArrayContent([]) };
        request.Headers.TryAddWithoutValidation("Origin", "http://evil.example");
        using var response = await _http.SendAsync(request);
        var health = await GetAsync("v1/health");
        Assert.That((response.StatusCode, health.GetProperty("all_stopped").GetBoolean()), Is.EqualTo((HttpStatusCode.Forbidden, false)));
    }

    [Test]
    public async Task Instruction_OfAnOperator_IsTakenOver_AndTheRobotIsTold()
    {
        var (robot, accepted) = await WireRobot.OpenAsync(_server, "curl-5");
        using var disposing = robot;
        var answer = await PostAsync($"v1/sessions/{accepted.SessionId}/instruction", """{"instruction":" put the blue cube in the right bin ","who":"anna","why":"test"}""");
        var told = await robot.NextAsync(response => response.InstructionAccepted is not null);
        var session = (await GetAsync("v1/sessions/curl-5")).GetProperty("session");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.Body.GetProperty("robot_id").GetString(), Is.EqualTo("curl-5"));
            Assert.That(told.InstructionAccepted.Instruction, Is.EqualTo("put the blue cube in the right bin"));
            Assert.That(session.GetProperty("instruction").GetString(), Is.EqualTo("put the blue cube in the right bin"));
        }
    }

    [TestCase("""{"instruction":"put the torch in the left bin","who":"anna"}""", "torch")]
    [TestCase("""{"instruction":"","who":"anna"}""", "no words")]
    [TestCase("""{"instruction":"put the red cube in the left bin"}""", "who has 0 characters")]
    public async Task Instruction_ThatCannotBeFollowed_IsRefused_AndTheOneBeforeHolds(string body, string reason)
    {
        var (robot, accepted) = await WireRobot.OpenAsync(_server, $"refused-{reason.Length}");
        using var disposing = robot;
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync(new Uri($"v1/sessions/{accepted.SessionId}/instruction", UriKind.Relative), content);
        var session = (await GetAsync($"v1/sessions/{accepted.SessionId}")).GetProperty("session");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
            Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain(reason));
            Assert.That(session.GetProperty("instruction").GetString(), Is.EqualTo("put the red cube in the left bin"));
        }
    }

    [Test]
    public async Task Caller_OfAServiceThatAsksNobody_MayDoEverything()
    {
        var caller = await GetAsync("v1/caller");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(caller.GetProperty("asks_for_credentials").GetBoolean(), Is.False);
            Assert.That(caller.GetProperty("roles").EnumerateArray().Select(role => role.GetString()), Has.Member("operator"));
            Assert.That(caller.GetProperty("robots").EnumerateArray().Select(robot => robot.GetString()), Is.EqualTo(["*"]));
        }
    }

    // One dialect: what is written by hand for events and terminals is what transcoding writes.
    [Test]
    public async Task Json_OfTheSameMessage_IsTheSameByTranscodingAndByHand()
    {
        var (robot, accepted) = await WireRobot.OpenAsync(_server, "curl-4");
        using var disposing = robot;
        await robot.ObserveAsync();
        await robot.NextActionAsync(action => action.Tick > 5);
        var transcoded = await GetAsync($"v1/sessions/{accepted.SessionId}");
        var message = Wire.GetStatisticsResponse.Parser.ParseFrom(await BytesAsync(accepted.SessionId, robot));
        var byHand = JsonDocument.Parse(WireJson.Line(message)).RootElement;
        Assert.That(Shape(byHand), Is.EqualTo(Shape(transcoded)));
    }

    private static async Task<byte[]> BytesAsync(string session, WireRobot robot)
    {
        var info = await new Client.OperationsClient(robot.Channel).GetStatisticsAsync(session, CancellationToken.None);
        return Google.Protobuf.MessageExtensions.ToByteArray(new Wire.GetStatisticsResponse { Session = info });
    }

    // Names, kinds and the words of enums; numbers may have moved on between two calls.
    private static string Shape(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => $"{{{string.Join(',', json.EnumerateObject().OrderBy(field => field.Name, StringComparer.Ordinal).Select(field => $"{field.Name}:{Shape(field.Value)}"))}}}",
        JsonValueKind.Array => $"[{string.Join(',', json.EnumerateArray().Select(Shape).Distinct())}]",
        JsonValueKind.String => "text",
        var kind => kind.ToString(),
    };

    private static async Task<WireRobot> SpeakingRobotAsync(string robotId)
    {
        var (robot, _) = await WireRobot.OpenAsync(_server, robotId);
        Wire.Action action;
        do
        {
            await robot.ObserveAsync();
            action = await robot.NextActionAsync(_ => true);
        }
        while (action.PhraseId == 0);
        await robot.NextActionAsync(_ => true);
        return robot;
    }

    private static async Task<JsonElement> GetAsync(string path) => JsonDocument.Parse(await _http.GetStringAsync(path)).RootElement;

    private static async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string path, string? body = null)
    {
        using var content = body is null ? null : new StringContent(body, MediaTypeHeaderValue.Parse("application/json"));
        using var response = await _http.PostAsync(new Uri(path, UriKind.Relative), content);
        var text = await response.Content.ReadAsStringAsync();
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), text);
        return (response.StatusCode, JsonDocument.Parse(text).RootElement);
    }
}
