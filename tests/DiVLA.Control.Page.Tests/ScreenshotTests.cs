using DiVLA.Control.TestSupport;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace DiVLA.Control.Page.Tests;

/// <summary>The picture of the page in README.md: this test takes it, into the file that the variable DIVLA_SCREENSHOT names.</summary>
[TestFixture]
internal sealed class ScreenshotTests
{
    private const int MostBytes = 300 * 1024;

    [Test]
    public async Task Picture_OfTheRunningSimulation_IsSmallEnoughForTheManual()
    {
        await using var service = await ServiceAtWork.StartAsync(Checkout.DefaultBundle);
        await using var robot = service.Connect("simulated-panda");
        await robot.FollowsAsync();
        await using var page = await OperatorPage.OpenAsync(service.Address, new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 1280, Height = 1240 } });
        await page.Tab.GetByLabel("Shown").SelectOptionAsync("30");
        await Expect(page.State).ToHaveTextAsync("● FRESH");
        // Half a minute of history to look at.
        await robot.ToldAsync(told => told.Tick > 82 * 30);
        var picture = await page.Tab.ScreenshotAsync(new PageScreenshotOptions { Path = Environment.GetEnvironmentVariable("DIVLA_SCREENSHOT") });
        Assert.That(picture.Length, Is.InRange(20 * 1024, MostBytes));
        Assert.That(page.Faults, Is.Empty);
    }
}
