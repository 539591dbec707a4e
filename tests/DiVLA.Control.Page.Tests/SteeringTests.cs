using System.Text.Json;
using DiVLA.Control.TestSupport;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace DiVLA.Control.Page.Tests;

/// <summary>Steering by words, with a policy whose phrases have slots, and what hostile words come to.</summary>
[TestFixture]
internal sealed class SteeringTests
{
    private const string Hostile = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>";
    private readonly DirectoryInfo _bundle = Directory.CreateTempSubdirectory("divla-page-bundle-");
    private ServiceAtWork _service = null!;

    [OneTimeSetUp]
    public async Task Serve()
    {
        TestBundles.BuildRandom(_bundle.FullName, seed: 7, TestConfigs.Steerable);
        _service = await ServiceAtWork.StartAsync(_bundle.FullName);
    }

    [OneTimeTearDown]
    public async Task End()
    {
        await _service.DisposeAsync();
        _bundle.Delete(recursive: true);
    }

    [Test]
    public async Task Pin_OfABin_IsShownAndReleased_AndARefusalHasItsReason()
    {
        await using var robot = _service.Connect("pinned");
        await using var page = await OperatorPage.OpenAsync(_service.Address);
        await ShowAsync(page, "pinned");
        var section = page.Section("Pin the phrase");
        await section.GetByLabel("Who asks").FillAsync("anna");
        await section.GetByLabel("Why").FillAsync("a test");
        await section.GetByLabel("Object", new LocatorGetByLabelOptions { Exact = true }).FillAsync("red torch");
        await page.Button("Pin").ClickAsync();
        await Expect(section.GetByRole(AriaRole.Alert)).ToContainTextAsync("UnknownWords");
        await section.GetByLabel("Object", new LocatorGetByLabelOptions { Exact = true }).FillAsync("");
        await section.GetByLabel("Bin", new LocatorGetByLabelOptions { Exact = true }).FillAsync("left");
        await page.Button("Pin").ClickAsync();
        await Expect(section.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Pinned for pinned: bin left");
        await Expect(page.Tab.Locator("#pinned")).ToHaveTextAsync("▲ Pinned: bin left, by anna: a test");
        await page.Button("Release").ClickAsync();
        await Expect(section.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Released for pinned: bin left");
        await Expect(page.Tab.Locator("#pinned")).ToBeHiddenAsync();
        await page.Tab.GetByText("History in words").ClickAsync();
        await Expect(page.History.Filter(new LocatorFilterOptions { HasText = "released bin left by anna: a test" })).ToHaveCountAsync(1);
        await Expect(page.History.Filter(new LocatorFilterOptions { HasText = "refused (unknown words) object red torch by anna" })).ToHaveCountAsync(1);
    }

    [Test]
    public async Task Instruction_OfAnOperator_IsWhatTheRobotIsTold()
    {
        await using var robot = _service.Connect("instructed");
        await using var page = await OperatorPage.OpenAsync(_service.Address);
        await ShowAsync(page, "instructed");
        var section = page.Section("Instruction");
        await section.GetByLabel("New instruction").FillAsync("put the blue cube in the right bin");
        await section.GetByLabel("Who asks").FillAsync("anna");
        await page.Button("Instruct").ClickAsync();
        await Expect(section.GetByRole(AriaRole.Alert)).ToHaveTextAsync("instructed is told: put the blue cube in the right bin");
        Assert.That(_service.AuditLog, Does.Contain("instructed: 'put the blue cube in the right bin'").Or.Contain("'put the blue cube in the right bin'\",\"robot_ids\":[\"instructed\"]"));
    }

    [Test]
    public async Task Text_OfAPersonWithMarkup_StaysText()
    {
        await using var robot = _service.Connect("hostile");
        await using var page = await OperatorPage.OpenAsync(_service.Address);
        await ShowAsync(page, "hostile");
        var section = page.Section("Pin the phrase");
        await section.GetByLabel("Who asks").FillAsync("<b>anna</b>");
        await section.GetByLabel("Why").FillAsync(Hostile);
        await section.GetByLabel("Bin", new LocatorGetByLabelOptions { Exact = true }).FillAsync("right");
        await page.Button("Pin").ClickAsync();
        await Expect(page.Tab.Locator("#pinned")).ToHaveTextAsync($"▲ Pinned: bin right, by <b>anna</b>: {Hostile}");
        await AssertIsHarmlessAsync(page);
    }

    // No service of ours says this; a page that trusts what it is told would run it.
    [Test]
    public async Task Text_OfARobotWithMarkup_StaysText()
    {
        const string Robot = "<img src=x onerror=alert(1)>";
        var session = JsonSerializer.Serialize(new
        {
            session_id = "s", robot_id = Robot, embodiment = Hostile, instruction = Hostile, state = Hostile, reason = Hostile,
            phrase = new { phrase_id = 1, text = Hostile, since_tick = 1, freshness = Hostile },
        });
        await using var page = await OperatorPage.OpenAsync(_service.Address, prepare: tab => tab.RouteAsync("**/v1/events", route => route.FulfillAsync(new RouteFulfillOptions
        {
            ContentType = "text/event-stream",
            Body = $"event: stops\ndata: {{}}\n\nevent: session\ndata: {session}\n\n",
        })));
        await Expect(page.Robot).ToHaveTextAsync(Robot);
        await Expect(page.Tab.Locator("#phrase")).ToHaveTextAsync(Hostile);
        await Expect(page.Tab.Locator("#instruction")).ToHaveTextAsync(Hostile);
        await AssertIsHarmlessAsync(page);
    }

    private static async Task ShowAsync(OperatorPage page, string robot)
    {
        await page.Tab.Locator(".choose").Filter(new LocatorFilterOptions { HasText = robot }).Last.ClickAsync();
        await Expect(page.Robot).ToHaveTextAsync(robot);
    }

    private static async Task AssertIsHarmlessAsync(OperatorPage page)
    {
        await Expect(page.Tab).ToHaveTitleAsync("DiVLA.Control");
        await Expect(page.Tab.Locator("img[src=x]")).ToHaveCountAsync(0);
        await Expect(page.Tab.Locator("script:not([src])")).ToHaveCountAsync(0);
    }
}
