using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using DiVLA.Control.Service.Page;

namespace DiVLA.Control.Service.Tests.Page;

/// <summary>How the page is served, and what its files must not hold. What it does is tested in a browser.</summary>
[TestFixture]
internal sealed partial class OperatorPageTests
{
    private static string[] Files() => [.. PageFiles.Paths];

    private static string TextOf(string path) => Encoding.UTF8.GetString(PageFiles.Find(path)!.Content);

    [TestCase("", "text/html")]
    [TestCase("page/js/stop.js", "text/javascript")]
    [TestCase("page/css/theme.css", "text/css")]
    [TestCase("page/icon.svg", "image/svg+xml")]
    public async Task File_IsServed_AsWhatItIs_AndNeverWithoutBeingAskedFor(string path, string type)
    {
        using var http = new HttpClient { BaseAddress = TestServer.Shared.HttpAddress };
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
        using var again = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { IfNoneMatch = { answer.Headers.ETag! } } };
        using var unchanged = await http.SendAsync(again);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((answer.StatusCode, answer.Content.Headers.ContentType?.MediaType), Is.EqualTo((HttpStatusCode.OK, type)));
            Assert.That(answer.Headers.CacheControl?.NoCache, Is.True, "a page of an earlier version must not steer a later service");
            Assert.That(unchanged.StatusCode, Is.EqualTo(HttpStatusCode.NotModified));
        }
    }

    [Test]
    public async Task Page_IsBoundTo_WhatThisServiceServes()
    {
        using var http = new HttpClient { BaseAddress = TestServer.Shared.HttpAddress };
        using var answer = await http.GetAsync(new Uri("", UriKind.Relative));
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(policy.Split("; "), Is.SupersetOf(["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "frame-ancestors 'none'", "form-action 'none'"]));
            Assert.That(policy, Does.Not.Contain("unsafe").And.Not.Contain("http:").And.Not.Contain("https:").And.Not.Contain("*"));
            Assert.That(policy, Does.Contain("require-trusted-types-for 'script'"));
        }
    }

    [TestCase("")]
    [TestCase("page/js/main.js")]
    [TestCase("v1/health")]
    [TestCase("v1/nothing")]
    [TestCase("page/nothing.js")]
    public async Task Answer_OfAnyKind_HasTheHeadersThatProtectABrowser(string path)
    {
        using var http = new HttpClient { BaseAddress = TestServer.Shared.HttpAddress };
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.Headers.GetValues("X-Content-Type-Options"), Is.EqualTo(["nosniff"]));
            Assert.That(answer.Headers.GetValues("X-Frame-Options"), Is.EqualTo(["DENY"]));
            Assert.That(answer.Headers.GetValues("Cross-Origin-Resource-Policy"), Is.EqualTo(["same-origin"]));
            Assert.That(answer.Headers.GetValues("Content-Security-Policy").Single(), Does.Contain("default-src 'none'").And.Contain("frame-ancestors 'none'"));
        }
    }

    [TestCase("../appsettings.json")]
    [TestCase("..%2findex.html")]
    [TestCase("js")]
    [TestCase("")]
    public async Task File_ThatIsNot_IsNotFound(string path)
    {
        using var http = new HttpClient { BaseAddress = TestServer.Shared.HttpAddress };
        using var answer = await http.GetAsync(new Uri($"page/{path}", UriKind.Relative));
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    // What a page of another site can make a browser send without being asked first.
    [TestCase("text/plain", null, "cross-site")]
    [TestCase("text/plain", null, null)]
    [TestCase("application/x-www-form-urlencoded", null, null)]
    [TestCase("application/json", "http://evil.example", null)]
    [TestCase("application/json", null, "cross-site")]
    [TestCase("application/json", null, "same-site")]
    [TestCase("application/json", "null", "cross-site")]
    public async Task Call_ThatAnotherSiteCouldForge_ChangesNothing(string type, string? origin, string? site)
    {
        var robot = $"forged-{TestContext.CurrentContext.Test.ID}";
        using var http = new HttpClient { BaseAddress = TestServer.Shared.HttpAddress };
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/emergency-stop") { Content = new StringContent($"{{\"arms\":{{\"robot_id\":\"{robot}\"}}}}") };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (origin is not null) request.Headers.TryAddWithoutValidation("Origin", origin);
        if (site is not null) request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", site);
        using var answer = await http.SendAsync(request);
        Assert.That(answer.IsSuccessStatusCode, Is.False);
        Assert.That(await http.GetStringAsync("v1/health"), Does.Not.Contain(robot));
    }

    // A link in a mail leads to the page; it does not steer anything.
    [TestCase("cross-site", HttpStatusCode.OK)]
    [TestCase("none", HttpStatusCode.OK)]
    public async Task Page_IsOpened_FromAnywhere(string site, HttpStatusCode status)
    {
        using var http = new HttpClient { BaseAddress = TestServer.Shared.HttpAddress };
        using var request = new HttpRequestMessage(HttpMethod.Get, "");
        request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", site);
        using var answer = await http.SendAsync(request);
        Assert.That(answer.StatusCode, Is.EqualTo(status));
    }

    [TestCaseSource(nameof(Files))]
    public void File_Names_NoOtherHost(string path)
    {
        var named = Address().Matches(TextOf(path)).Select(match => match.Value).Where(address => address != "http://www.w3.org/2000/svg");
        Assert.That(named, Is.Empty);
    }

    [TestCaseSource(nameof(Files))]
    public void File_MakesNoMarkupOfText(string path)
    {
        Assert.That(MarkupOfText().Matches(TextOf(path)).Select(match => match.Value), Is.Empty);
    }

    [Test]
    public void Page_HasNoInlineScriptOrStyle()
    {
        Assert.That(Inline().Matches(TextOf(PageFiles.Index)).Select(match => match.Value), Is.Empty);
    }

    [Test]
    public void EveryReference_LeadsToAFile_AndEveryFileIsReferredTo()
    {
        var fromPage = Reference().Matches(TextOf(PageFiles.Index)).Select(match => match.Groups[1].Value);
        var fromModules = PageFiles.Paths.Where(path => path.EndsWith(".js", StringComparison.Ordinal)).SelectMany(
            path => Import().Matches(TextOf(path)).Select(match => Path.GetRelativePath("/", Path.GetFullPath(match.Groups[1].Value, $"/{Path.GetDirectoryName(path)}"))));
        Assert.That(fromPage.Concat(fromModules).Append(PageFiles.Index).Distinct(), Is.EquivalentTo(PageFiles.Paths));
    }

    // Nothing that the stop needs can be broken by anything else.
    [Test]
    public void Stop_ImportsNothing_AndIsLoadedFirst()
    {
        Assert.That(Import().IsMatch(TextOf("js/stop.js")), Is.False);
        Assert.That(Script().Matches(TextOf(PageFiles.Index)).Select(match => match.Groups[1].Value), Is.EqualTo(["js/stop.js", "js/main.js"]));
    }

    [GeneratedRegex(@"(https?:)?//[a-z0-9.-]+\.[a-z]{2,}[^\s""']*", RegexOptions.IgnoreCase)]
    private static partial Regex Address();

    [GeneratedRegex(@"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc|DOMParser")]
    private static partial Regex MarkupOfText();

    [GeneratedRegex(@"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", RegexOptions.IgnoreCase)]
    private static partial Regex Inline();

    [GeneratedRegex(@"(?:src|href)=""/page/([^""]+)""")]
    private static partial Regex Reference();

    [GeneratedRegex(@"^import [^;]*?""(\.[^""]+)"";", RegexOptions.Multiline)]
    private static partial Regex Import();

    [GeneratedRegex(@"<script type=""module"" src=""/page/([^""]+)""></script>")]
    private static partial Regex Script();
}
