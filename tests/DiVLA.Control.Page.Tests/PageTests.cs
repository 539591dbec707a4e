using System.Text.RegularExpressions;
using DiVLA.Control.TestSupport;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace DiVLA.Control.Page.Tests;

/// <summary>What the page shows of an arm that the default policy drives.</summary>
[TestFixture]
internal sealed class PageTests
{
    private ServiceAtWork _service = null!;
    private RobotAtWork _robot = null!;

    [OneTimeSetUp]
    public async Task Serve()
    {
        _service = await ServiceAtWork.StartAsync(Checkout.DefaultBundle);
        _robot = _service.Connect("panda-1");
        await _robot.FollowsAsync();
    }

    [OneTimeTearDown]
    public async Task End()
    {
        await _robot.DisposeAsync();
        await _service.DisposeAsync();
    }

    [Test]
    public async Task Page_OfARobotAtWork_ShowsAllOfItWithoutErrorsAndAsksNobodyElse()
    {
        await using var page = await OperatorPage.OpenAsync(_service.Address);
        await Expect(page.Robot).ToHaveTextAsync("panda-1");
        await Expect(page.Connection).ToHaveTextAsync("● live");
        await Expect(page.State).ToContainTextAsync("FRESH");
        await Expect(page.Section("Cameras").GetByRole(AriaRole.Img, new LocatorGetByRoleOptions { NameString = "What the front camera saw last" })).ToBeVisibleAsync();
        await Expect(page.Section("Cameras").Locator("img")).ToHaveCountAsync(2);
        await Expect(page.Section("Joints").GetByRole(AriaRole.Row)).ToHaveCountAsync(9);
        await Expect(page.Section("Timing").Locator("#rates")).ToContainTextAsync("commands/s");
        await Expect(page.Tab.Locator("#lateness")).ToHaveAttributeAsync("aria-label", new Regex("p99 [0-9.]+ ms"));
        await Expect(page.Tab.Locator("#stages")).ToHaveAttributeAsync("aria-label", new Regex("backbone [0-9.]+ ms"));
        await Expect(page.Tab.Locator("#embodiment")).ToContainTextAsync("panda");
        await Expect(page.Section("Instruction").Locator("#instruction")).ToContainTextAsync("put");
        await Expect(page.Tab.Locator("#caller")).ToHaveTextAsync("everybody on this machine may do everything");
        Assert.That(page.Faults, Is.Empty);
        Assert.That(page.Hosts, Is.EqualTo([_service.Address.Authority]));
    }

    [Test]
    public async Task Phrase_OfARobotAtWork_Appears_AndItsHistoryGrows()
    {
        await using var page = await OperatorPage.OpenAsync(_service.Address);
        await Expect(page.Tab.Locator("#phrase")).ToContainTextAsync("target");
        await page.Tab.GetByText("History in words").ClickAsync();
        await Expect(page.History.First).ToContainTextAsync("tick");
        var before = await page.History.First.GetAttributeAsync("data-tick") ?? "";
        await Expect(page.History.First).Not.ToHaveAttributeAsync("data-tick", before);
        await Expect(page.Tab.Locator($"#history li[data-tick='{before}']")).ToHaveCountAsync(1);
        await Expect(page.Tab.Locator("#timeline")).ToHaveAttributeAsync("aria-label", new Regex("[0-9]+ phrases?; .*FRESH [0-9]+ %"));
    }

    // What was before the page was opened is on record, tick by tick.
    [Test]
    public async Task History_OfBeforeThePageWasOpened_IsThere()
    {
        await _robot.ToldAsync(told => told.Tick > 82 * 5);
        await using var page = await OperatorPage.OpenAsync(_service.Address);
        await page.Tab.GetByText("History in words").ClickAsync();
        await Expect(page.History.First).ToContainTextAsync("verified in");
        await Expect(page.Tab.Locator("#history-note")).ToBeEmptyAsync();
    }

    [Test]
    public async Task Page_OnAPhone_NeedsNoScrollingSideways_AndTheStopIsInSight()
    {
        var phone = new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 360, Height = 740 }, IsMobile = true, HasTouch = true, DeviceScaleFactor = 3 };
        await using var page = await OperatorPage.OpenAsync(_service.Address, phone);
        await Expect(page.Tab.Locator("#phrase")).ToContainTextAsync("target");
        await Expect(page.Tab.Locator("#stage-table")).ToBeAttachedAsync();
        await page.Tab.GetByText("Stage times as a table").ClickAsync();
        var width = await page.Tab.EvaluateAsync<int>("() => document.documentElement.scrollWidth");
        await page.Tab.EvaluateAsync("() => window.scrollTo(0, document.body.scrollHeight)");
        Assert.That(width, Is.LessThanOrEqualTo(360));
        await Expect(page.StopAll).ToBeInViewportAsync();
    }

    [TestCase(ColorScheme.Light)]
    [TestCase(ColorScheme.Dark)]
    public async Task Page_ForThoseWhoHearIt_HasNoSeriousFault(ColorScheme colours)
    {
        await using var page = await OperatorPage.OpenAsync(_service.Address, new BrowserNewContextOptions { ColorScheme = colours });
        await Expect(page.Tab.Locator("#phrase")).ToContainTextAsync("target");
        await page.Tab.GetByText("History in words").ClickAsync();
        await page.Tab.GetByText("Stage times as a table").ClickAsync();
        Assert.That(await AccessibilityFaults.OfAsync(page.Tab), Is.Empty);
        await page.Button("Reset…").ClickAsync();
        await Expect(page.Tab.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        Assert.That(await AccessibilityFaults.OfAsync(page.Tab), Is.Empty);
    }

    [Test]
    public async Task Instruction_WithUnknownWords_IsRefusedWithTheReason()
    {
        await using var page = await OperatorPage.OpenAsync(_service.Address);
        var section = page.Section("Instruction");
        await section.GetByLabel("New instruction").FillAsync("put the torch in the left bin");
        await section.GetByLabel("Who asks").FillAsync("anna");
        await section.GetByLabel("Why").FillAsync("a test");
        await page.Button("Instruct").ClickAsync();
        await Expect(section.GetByRole(AriaRole.Alert)).ToContainTextAsync("torch");
        Assert.That(_service.AuditLog, Does.Contain("\"action\":\"instruct\"").And.Contain("InvalidArgument"));
    }
}
