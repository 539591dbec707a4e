using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using DiVLA.Control.Client;
using DiVLA.Control.Service.Identity;
using DiVLA.Control.Service.Page;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;

namespace DiVLA.Control.Service.Tests.Identity;

/// <summary>The same rules where JSON is served.</summary>
[TestFixture]
internal sealed class HttpAccessTests
{
    private static string[] Guarded() => [.. Paths(isOpen: false)];

    private static string[] Open() => [.. Paths(isOpen: true)];

    [TestCaseSource(nameof(Guarded))]
    public async Task Caller_IsNotEnough_IsToldInJson(string path)
    {
        var rule = AccessTable.Rules.Single(rule => rule.Call == $"GET {path}");
        var lesser = CallerRoles.All & ~(rule.Roles ?? CallerRoles.None);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await CodeAsync(path, SecuredServer.Trusted.Nobody), Is.EqualTo((HttpStatusCode.Unauthorized, 16)));
            Assert.That(await CodeAsync(path, SecuredServer.Foreign.Token(CallerRoles.All, "*")), Is.EqualTo((HttpStatusCode.Unauthorized, 16)));
            Assert.That(await CodeAsync(path, SecuredServer.Trusted.Token(CallerRoles.All, "*", TestCredentials.Past)), Is.EqualTo((HttpStatusCode.Unauthorized, 16)));
            Assert.That(await CodeAsync(path, SecuredServer.Trusted.Token(lesser, "*")), Is.EqualTo((HttpStatusCode.Forbidden, 7)));
            Assert.That(await CodeAsync(path, SecuredServer.Trusted.Certificate(lesser, "*")), Is.EqualTo((HttpStatusCode.Forbidden, 7)));
        }
    }

    [TestCaseSource(nameof(Guarded))]
    public async Task Caller_MayCall_IsAnswered(string path)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await StatusAsync(path, SecuredServer.Trusted.Token(CallerRoles.Viewer, "*")), Is.EqualTo(HttpStatusCode.OK));
            Assert.That(await StatusAsync(path, SecuredServer.Trusted.Certificate(CallerRoles.Operator, "*")), Is.EqualTo(HttpStatusCode.OK));
        }
    }

    [TestCaseSource(nameof(Open))]
    public async Task Probe_HasNoCredential_IsAnswered(string path)
    {
        Assert.That(await StatusAsync(path, SecuredServer.Trusted.Nobody), Is.EqualTo(HttpStatusCode.OK));
    }

    // Every binding of every RPC, found in the protos, with the credentials that its gRPC method is tried with.
    [TestCaseSource(typeof(TranscodedCall), nameof(TranscodedCall.All))]
    public async Task TranscodedCall_CredentialIsNotEnough_IsToldInJson(TranscodedCall call)
    {
        var (trusted, foreign) = (SecuredServer.Trusted, SecuredServer.Foreign);
        var lesser = CallerRoles.All & ~(call.Rule.Roles ?? CallerRoles.None);
        var unauthenticated = (HttpStatusCode.Unauthorized, 16);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await CodeAsync(call, trusted.Nobody), Is.EqualTo(unauthenticated), "no credential");
            Assert.That(await CodeAsync(call, foreign.Certificate(CallerRoles.All, "*")), Is.EqualTo(unauthenticated), "certificate of another authority");
            Assert.That(await CodeAsync(call, foreign.Token(CallerRoles.All, "*")), Is.EqualTo(unauthenticated), "token of another key");
            Assert.That(await CodeAsync(call, trusted.Forged("no token")), Is.EqualTo(unauthenticated), "no token at all");
            Assert.That(await CodeAsync(call, trusted.Token(CallerRoles.All, "*", audience: "others")), Is.EqualTo(unauthenticated), "token for others");
            Assert.That(await CodeAsync(call, trusted.Token(CallerRoles.All, "*", TestCredentials.Past)), Is.EqualTo(unauthenticated), "expired token");
            Assert.That(await CodeAsync(call, trusted.Certificate(CallerRoles.All, "*", TestCredentials.Past)), Is.EqualTo(unauthenticated), "expired certificate");
            Assert.That(await CodeAsync(call, trusted.Token(CallerRoles.All, "*", TestCredentials.Future)), Is.EqualTo(unauthenticated), "token of tomorrow");
            Assert.That(await CodeAsync(call, trusted.Token(lesser, "*")), Is.EqualTo((HttpStatusCode.Forbidden, 7)), $"token of {lesser}");
            Assert.That(await CodeAsync(call, trusted.Certificate(lesser, "*")), Is.EqualTo((HttpStatusCode.Forbidden, 7)), $"certificate of {lesser}");
        }
    }

    [TestCaseSource(typeof(TranscodedCall), nameof(TranscodedCall.All))]
    public async Task TranscodedCall_CredentialIsForOtherRobots_ReachesNone(TranscodedCall call)
    {
        var role = SecuredServer.Allowed(call.Rule);
        foreach (var credentials in new[] { SecuredServer.Trusted.Token(role, "arm-10*,arm"), SecuredServer.Trusted.Certificate(role, "arm-2") })
        {
            using var answer = await SendAsync(call, credentials);
            var text = await answer.Content.ReadAsStringAsync();
            // What lists leaves out the others, what records knows none of them, what is about no robot names none, and what acts refuses.
            if (call.Rule.Robots is RobotTarget.Listed or RobotTarget.Recorded or RobotTarget.None) Assert.That(text, Does.Not.Contain($"\"robot_id\":\"{SecuredServer.Robot}\""));
            else Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden), text);
        }
    }

    [TestCaseSource(typeof(TranscodedCall), nameof(TranscodedCall.All))]
    public async Task TranscodedCall_CredentialIsEnough_IsLetIn(TranscodedCall call)
    {
        foreach (var role in CredentialWords.Each(call.Rule.Roles ?? CallerRoles.None))
            foreach (var credentials in new[] { SecuredServer.Trusted.Token(role, call.NeedsEveryRobot ? "*" : "arm-*"), SecuredServer.Trusted.Certificate(role, "*") })
            {
                using var answer = await SendAsync(call, credentials);
                Assert.That((int)answer.StatusCode, Is.Not.AnyOf(401, 403, 405, 415, 500, 501), await answer.Content.ReadAsStringAsync());
            }
    }

    [Test]
    public void TranscodedCalls_AreAll_ThatAreMapped()
    {
        var mapped = SecuredServer.Server.Endpoints
            .Where(endpoint => endpoint.Metadata.GetMetadata<GrpcJsonTranscodingMetadata>() is not null)
            .Select(endpoint => AccessTable.CallOf(endpoint, "GET"));
        Assert.That(TranscodedCall.All.Select(call => call.Rule.Call), Is.EquivalentTo(mapped));
    }

    // The answer names the methods that there are, to whoever asks: nothing is reached.
    [Test]
    public async Task Method_IsWrong_NoCredentialIsAskedFor()
    {
        using var answer = await SendAsync(HttpMethod.Delete, $"/v1/sessions/{SecuredServer.Robot}/emergency-stop", "", SecuredServer.Trusted.Nobody);
        Assert.That((answer.StatusCode, answer.Content.Headers.Allow.Single()), Is.EqualTo((HttpStatusCode.MethodNotAllowed, "POST")));
    }

    [Test]
    public async Task Events_OfARobotThatIsNotCovered_AreRefused()
    {
        Assert.That(await CodeAsync($"/v1/sessions/{SecuredServer.Robot}/events", SecuredServer.Trusted.Token(CallerRoles.Viewer, "arm-2")), Is.EqualTo((HttpStatusCode.Forbidden, 7)));
    }

    // Transcoded calls have the rules of their gRPC methods.
    [Test]
    public async Task Sessions_InJson_AreForWatchersOnly()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await CodeAsync("/v1/sessions", SecuredServer.Trusted.Nobody), Is.EqualTo((HttpStatusCode.Unauthorized, 16)));
            Assert.That(await CodeAsync("/v1/sessions", SecuredServer.Trusted.Token(CallerRoles.Robot, "*")), Is.EqualTo((HttpStatusCode.Forbidden, 7)));
            Assert.That(await CodeAsync($"/v1/sessions/{SecuredServer.Robot}/reasoning", SecuredServer.Trusted.Token(CallerRoles.Viewer, "arm-2")), Is.EqualTo((HttpStatusCode.Forbidden, 7)));
            Assert.That(await StatusAsync($"/v1/sessions/{SecuredServer.Robot}/reasoning", SecuredServer.Trusted.Token(CallerRoles.Viewer, "arm-1")), Is.EqualTo(HttpStatusCode.OK));
        }
    }

    [Test]
    public async Task Caller_WithACredential_IsToldWhatItIsGoodFor()
    {
        var credentials = SecuredServer.Trusted.Token(CallerRoles.Viewer, "arm-*");
        using var answer = await GetAsync("/v1/caller", credentials);
        var caller = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await CodeAsync("/v1/caller", SecuredServer.Trusted.Nobody), Is.EqualTo((HttpStatusCode.Unauthorized, 16)));
            Assert.That(caller.GetProperty("name").GetString(), Is.EqualTo(Path.GetFileNameWithoutExtension(credentials.TokenFile)));
            Assert.That(caller.GetProperty("roles").EnumerateArray().Select(role => role.GetString()), Is.EqualTo(["viewer"]));
            Assert.That(caller.GetProperty("robots").EnumerateArray().Select(robot => robot.GetString()), Is.EqualTo(["arm-*"]));
            Assert.That(caller.GetProperty("expires").GetDateTimeOffset(), Is.GreaterThan(TimeProvider.System.GetUtcNow()));
            Assert.That(caller.GetProperty("asks_for_credentials").GetBoolean(), Is.True);
        }
    }

    [Test]
    public async Task Sessions_OfAViewerOfOneRobot_AreThatRobots()
    {
        using var own = await GetAsync("/v1/sessions", SecuredServer.Trusted.Token(CallerRoles.Viewer, SecuredServer.Robot));
        using var other = await GetAsync("/v1/sessions", SecuredServer.Trusted.Token(CallerRoles.Viewer, "arm-2"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await own.Content.ReadAsStringAsync(), Does.Contain(SecuredServer.Robot));
            Assert.That(await other.Content.ReadAsStringAsync(), Does.Not.Contain(SecuredServer.Robot));
        }
    }

    [TestCase("evil.example", null, HttpStatusCode.Forbidden)]
    [TestCase("127.0.0.1", "https://evil.example", HttpStatusCode.Forbidden)]
    [TestCase("127.0.0.1", "null", HttpStatusCode.Forbidden)]
    [TestCase("localhost:5083", "http://localhost:5083", HttpStatusCode.OK)]
    [TestCase("[::1]:5083", null, HttpStatusCode.OK)]
    public async Task Service_AsksNobody_AnswersNoForeignPage(string host, string? origin, HttpStatusCode expected)
    {
        using var http = new HttpClient { BaseAddress = TestServer.Shared.HttpAddress };
        using var request = new HttpRequestMessage(HttpMethod.Get, "v1/sessions") { Headers = { Host = host } };
        if (origin is not null) request.Headers.Add("Origin", origin);
        using var answer = await http.SendAsync(request);
        Assert.That(answer.StatusCode, Is.EqualTo(expected));
    }

    private static IEnumerable<string> Paths(bool isOpen) =>
        AccessTable.Rules.Where(rule => rule.Call.StartsWith("GET ", StringComparison.Ordinal) && rule.IsOpen == isOpen).Select(rule => rule.Call["GET ".Length..]);

    private static async Task<(HttpStatusCode Status, int Code)> CodeAsync(string path, ServiceCredentials credentials)
    {
        using var answer = await GetAsync(path, credentials);
        return (answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("code").GetInt32());
    }

    private static async Task<HttpStatusCode> StatusAsync(string path, ServiceCredentials credentials)
    {
        using var answer = await GetAsync(path, credentials);
        return answer.StatusCode;
    }

    private static async Task<(HttpStatusCode Status, int Code)> CodeAsync(TranscodedCall call, ServiceCredentials credentials)
    {
        // Who is trusted is one thing, who is the caller another.
        using var answer = await SendAsync(call, credentials with { AuthorityFile = SecuredServer.Trusted.AuthorityFile });
        return (answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("code").GetInt32());
    }

    private static Task<HttpResponseMessage> GetAsync(string path, ServiceCredentials credentials) => SendAsync(HttpMethod.Get, path, "", credentials);

    private static Task<HttpResponseMessage> SendAsync(TranscodedCall call, ServiceCredentials credentials) => SendAsync(call.Method, call.Path, call.Body, credentials);

    private static async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string body, ServiceCredentials credentials)
    {
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.ImportFromPemFile(SecuredServer.Trusted.AuthorityFile);
        var tls = new SslClientAuthenticationOptions { CertificateChainPolicy = trust };
        if (credentials.CertificateFile is { } file) tls.ClientCertificates = [X509Certificate2.CreateFromPemFile(file, credentials.KeyFile)];
        using var http = new HttpClient(new SocketsHttpHandler { SslOptions = tls }) { BaseAddress = SecuredServer.Server.HttpAddress };
        using var request = new HttpRequestMessage(
            method, path.Replace("{session}", SecuredServer.Robot, StringComparison.Ordinal).Replace("{**file}", PageFiles.Index, StringComparison.Ordinal));
        if (credentials.TokenFile is { } token) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(token)).Trim());
        if (body.Length > 0) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        // Streams of events do not end: what matters is said before the first one.
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}
