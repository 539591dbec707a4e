using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using DiVLA.Control.Client;
using DiVLA.Control.Service.Identity;
using DiVLA.Control.Service.Page;

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

    private static async Task<HttpResponseMessage> GetAsync(string path, ServiceCredentials credentials)
    {
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.ImportFromPemFile(SecuredServer.Trusted.AuthorityFile);
        var tls = new SslClientAuthenticationOptions { CertificateChainPolicy = trust };
        if (credentials.CertificateFile is { } file) tls.ClientCertificates = [X509Certificate2.CreateFromPemFile(file, credentials.KeyFile)];
        using var http = new HttpClient(new SocketsHttpHandler { SslOptions = tls }) { BaseAddress = SecuredServer.Server.HttpAddress };
        if (credentials.TokenFile is { } token)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(token)).Trim());
        // Streams of events do not end: what matters is said before the first one.
        var filled = path.Replace("{session}", SecuredServer.Robot, StringComparison.Ordinal).Replace("{**file}", PageFiles.Index, StringComparison.Ordinal);
        return await http.GetAsync(filled, HttpCompletionOption.ResponseHeadersRead);
    }
}
