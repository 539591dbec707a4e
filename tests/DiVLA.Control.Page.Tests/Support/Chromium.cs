using Microsoft.Playwright;

namespace DiVLA.Control.Page.Tests;

/// <summary>One headless Chromium for all tests: the machine's own, none that is fetched.</summary>
[SetUpFixture]
internal sealed class Chromium
{
    private const string Program = "chromium";

    // Machines that build are shared; what a test waits for comes, or is a defect.
    private const float PatienceMs = 60_000;

    private static IPlaywright? _playwright;
    private static IBrowser? _browser;

    /// <summary>What a page waits for at most. Unit: ms.</summary>
    public static float Patience => PatienceMs;

    public static IBrowser Browser => _browser ?? throw new InvalidOperationException("The browser is started before the first test.");

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        var path = Find() ?? throw new AssertionException($"'{Program}' is not on PATH: 'apt-get install --no-install-recommends {Program}' installs it, and .ci/run does so");
        Assertions.SetDefaultExpectTimeout(PatienceMs);
        _playwright = await Playwright.CreateAsync();
        // Its sandbox refuses to run as root, which builds in containers do.
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = path, Args = ["--no-sandbox"] });
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    private static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, Program))
        .FirstOrDefault(File.Exists);
}
