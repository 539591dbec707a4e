using DiVLA.Control.TestSupport;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;
using LadderState = DiVLA.Control.Protocol.V1.LadderState;

namespace DiVLA.Control.Page.Tests;

/// <summary>Stopping and resetting from the page. Whether the arm stands is asked of the arm.</summary>
[TestFixture]
internal sealed class StopTests
{
    private ServiceAtWork _service = null!;
    private RobotAtWork _robot = null!;

    [SetUp]
    public async Task Serve()
    {
        _service = await ServiceAtWork.StartAsync(Checkout.DefaultBundle);
        _robot = _service.Connect("panda-1");
        await _robot.FollowsAsync();
    }

    [TearDown]
    public async Task End()
    {
        await _robot.DisposeAsync();
        await _service.DisposeAsync();
    }

    [Test]
    public async Task Stop_OfOneRobot_StopsTheArm_AndAResetWithNameAndReasonLetsItMoveAgain()
    {
        await using var page = await OperatorPage.OpenAsync(_service.Address);
        await page.Section("panda-1").GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { NameString = "Stop panda-1" }).ClickAsync();
        await _robot.StandsStoppedAsync();
        await Expect(page.StopOutcome).ToContainTextAsync("Stopped: panda-1 at tick");
        await Expect(page.State).ToHaveTextAsync("■ STOPPED");
        await Expect(page.Tab.Locator("#notices")).ToContainTextAsync("panda-1 is stopped until it is reset");

        await page.Button("Reset…").ClickAsync();
        await page.Button("Reset panda-1").ClickAsync();
        await Expect(page.Tab.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        Assert.That(_service.AuditLog, Does.Not.Contain("\"action\":\"reset\""), "nothing is asked without a name");
        await ConfirmResetAsync(page, "Reset panda-1");
        await _robot.FollowsAsync();
        await Expect(page.Tab.GetByRole(AriaRole.Dialog)).ToBeHiddenAsync();
        Assert.That(_service.AuditLog, Does.Contain("\"who\":\"anna\",\"why\":\"the cell is empty\",\"outcome\":\"OK\""));
    }

    [Test]
    public async Task Stop_OfAllByTheKeyboard_StopsTheArm_WhereverTheFocusIs()
    {
        await using var page = await OperatorPage.OpenAsync(_service.Address);
        await page.Section("Instruction").GetByLabel("New instruction").FocusAsync();
        await page.Tab.Keyboard.PressAsync("F9");
        await _robot.StandsStoppedAsync();
        await Expect(page.StopOutcome).ToContainTextAsync("All robots are stopped: panda-1 at tick");
        await page.Button("Reset…").ClickAsync();
        await ConfirmResetAsync(page, "Reset all robots");
        await _robot.FollowsAsync();
    }

    [Test]
    public async Task Stop_WhileAQuestionIsOpen_StopsTheArm()
    {
        await using var page = await OperatorPage.OpenAsync(_service.Address);
        await Expect(page.Robot).ToHaveTextAsync("panda-1");
        await page.Button("Reset…").ClickAsync();
        await Expect(page.Tab.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await page.StopAll.ClickAsync();
        await _robot.StandsStoppedAsync();
    }

    [Test]
    public async Task Stop_WhileAllElseIsBroken_StopsTheArm()
    {
        await using var page = await OperatorPage.OpenAsync(_service.Address, prepare: async tab =>
        {
            await tab.RouteAsync("**/page/**", route => route.AbortAsync());
            await tab.RouteAsync("**/page/js/stop.js", route => route.ContinueAsync());
        });
        await page.StopAll.ClickAsync();
        await _robot.StandsStoppedAsync();
        await Expect(page.StopOutcome).ToContainTextAsync("All robots are stopped");
    }

    [Test]
    public async Task Stop_IsNotAcknowledged_SaysSoLoudly_AndIsTriedUntilItIs()
    {
        await using var page = await OperatorPage.OpenAsync(_service.Address);
        await Expect(page.Robot).ToHaveTextAsync("panda-1");
        await page.Tab.RouteAsync("**/v1/emergency-stop", route => route.AbortAsync());
        await page.StopAll.ClickAsync();
        await Expect(page.Tab.GetByRole(AriaRole.Alert).Filter(new LocatorFilterOptions { HasText = "NOT CONFIRMED: all robots may still move. Use the hardware stop." })).ToBeVisibleAsync();
        await Expect(page.StopOutcome).ToContainTextAsync("attempt 2");
        Assert.That(_robot.Newest.State, Is.Not.EqualTo(LadderState.Stopped), "nothing has reached it");
        await page.Tab.UnrouteAllAsync();
        await _robot.StandsStoppedAsync();
        await Expect(page.StopOutcome).ToContainTextAsync("All robots are stopped");
        await Expect(page.StopOutcome).Not.ToContainTextAsync("NOT CONFIRMED");
    }

    [Test]
    public async Task Service_IsGone_PageSaysThatItsValuesAreOld_AndGoesOnWhenItIsBack()
    {
        await using var page = await OperatorPage.OpenAsync(_service.Address);
        await Expect(page.Connection).ToHaveTextAsync("● live");
        await _service.StopAsync();
        await Expect(page.Connection).ToHaveTextAsync("✕ connection lost");
        await Expect(page.Alarm).ToContainTextAsync("Values are old since");
        await Expect(page.State).Not.ToHaveTextAsync("● FRESH");
        await _service.StartAsync();
        await Expect(page.Connection).ToHaveTextAsync("● live");
        await Expect(page.Alarm).ToBeEmptyAsync();
        await Expect(page.State).ToHaveTextAsync("● FRESH");
    }

    private static async Task ConfirmResetAsync(OperatorPage page, string button)
    {
        var dialog = page.Tab.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Who resets").FillAsync("anna");
        await dialog.GetByLabel("Why it is safe").FillAsync("the cell is empty");
        await dialog.GetByLabel("I have looked").CheckAsync();
        await page.Button(button).ClickAsync();
    }
}
