using DiVLA.Control.Client;
using DiVLA.Control.Service;
using DiVLA.Control.Service.Identity;
using DiVLA.Control.Service.Identity.Development;
using DiVLA.Control.TestSupport;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;
using LadderState = DiVLA.Control.Protocol.V1.LadderState;

namespace DiVLA.Control.Page.Tests;

/// <summary>The page of a service that asks for credentials.</summary>
[TestFixture]
internal sealed class IdentityTests
{
    private const string Robot = "arm-1";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("divla-page-certs-");
    private DevelopmentAuthority _authority = null!;
    private ServiceAtWork _service = null!;
    private RobotAtWork _robot = null!;

    [OneTimeSetUp]
    public async Task Serve()
    {
        _authority = DevelopmentAuthority.Create(_folder.FullName, TimeProvider.System.GetUtcNow());
        var (certificate, key) = _authority.IssueServer("server", ["localhost", "127.0.0.1"], Day);
        _service = await ServiceAtWork.StartAsync(Checkout.DefaultBundle, new SecurityOptions
        {
            CertificateFile = certificate, KeyFile = key, ClientAuthoritiesFile = AuthorityFile, TokenKeysFile = Path.Combine(_folder.FullName, DevelopmentAuthority.TokenKeysFile),
        });
        var (own, ownKey) = _authority.IssueClient(Holder(Robot, CallerRoles.Robot, Robot), Day);
        _robot = _service.Connect(Robot, new ServiceCredentials { AuthorityFile = AuthorityFile, CertificateFile = own, KeyFile = ownKey });
        await _robot.FollowsAsync();
    }

    [OneTimeTearDown]
    public async Task End()
    {
        await _robot.DisposeAsync();
        await _service.DisposeAsync();
        _authority.Dispose();
        _folder.Delete(recursive: true);
    }

    [Test]
    public async Task Viewer_SeesTheRobot_AndCannotStopIt()
    {
        await using var page = await SignedInAsync("vera", CallerRoles.Viewer, "*");
        await Expect(page.Tab.Locator("#caller")).ToContainTextAsync("vera: viewer of *");
        await Expect(page.Robot).ToHaveTextAsync(Robot);
        await Expect(page.Connection).ToHaveTextAsync("● live");
        await Expect(page.StopAll).ToHaveAttributeAsync("aria-disabled", "true");
        await Expect(page.Button("Reset…")).ToBeDisabledAsync();
        await Expect(page.Button("Pin")).ToBeDisabledAsync();
        await Expect(page.Button("Instruct")).ToBeDisabledAsync();
        await Expect(page.Section("Pin the phrase")).ToContainTextAsync("Needs the role operator; you are viewer.");
        await page.Tab.Keyboard.PressAsync("F9");
        await Expect(page.StopOutcome.GetByText("NOT STOPPED, refused: all robots: the credential needs the role operator.")).ToBeVisibleAsync();
        await Expect(page.StopOutcome.GetByText($"NOT STOPPED, refused: {Robot}")).ToBeVisibleAsync();
        var tick = _robot.Newest.Tick;
        var later = await _robot.ToldAsync(told => told.Tick > tick + 20);
        Assert.That(later.State, Is.Not.EqualTo(LadderState.Stopped));
    }

    // Those of some robots may not stop all, and are in a hurry: the page stops those that they may.
    [Test]
    public async Task OperatorOfSomeRobots_StopsAll_TheirsAreStopped()
    {
        await using var page = await SignedInAsync("olga", CallerRoles.Operator, "arm-*");
        await Expect(page.Robot).ToHaveTextAsync(Robot);
        await page.StopAll.ClickAsync();
        await _robot.StandsStoppedAsync();
        await Expect(page.StopOutcome).ToContainTextAsync($"Stopped: {Robot} at tick");
        await page.Button("Reset…").ClickAsync();
        var dialog = page.Tab.GetByRole(AriaRole.Dialog);
        await Expect(dialog.GetByLabel("Who resets")).ToHaveValueAsync("olga");
        await dialog.GetByLabel("Why it is safe").FillAsync("a test");
        await dialog.GetByLabel("I have looked").CheckAsync();
        await page.Button($"Reset {Robot}").ClickAsync();
        await _robot.FollowsAsync();
    }

    [Test]
    public async Task Token_ThatIsWrong_IsRefusedWithTheReason_AndNothingIsShown()
    {
        await using var page = await OperatorPage.OpenAsync(_service.Address);
        await Expect(page.Tab.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await SignInAsync(page, "no token");
        await Expect(page.Tab.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Alert)).ToContainTextAsync("token");
        await Expect(page.Connection).ToHaveTextAsync("✕ not let in");
        await Expect(page.Tab.Locator("#session")).ToBeHiddenAsync();
    }

    [Test]
    public async Task Token_IsKept_InTheTabAlone()
    {
        await using var page = await SignedInAsync("otto", CallerRoles.Operator, "*");
        await Expect(page.Connection).ToHaveTextAsync("● live");
        var stored = await page.Tab.EvaluateAsync<string>("() => `${localStorage.length} ${document.cookie}`");
        Assert.That(stored, Is.EqualTo("0 "));
        var other = await page.Tab.Context.NewPageAsync();
        await other.GotoAsync(_service.Address.ToString());
        await Expect(other.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await page.Button("Sign out").ClickAsync();
        await Expect(page.Tab.Locator("#caller")).ToHaveTextAsync("not signed in");
        await Expect(page.Connection).ToHaveTextAsync("✕ not let in");
    }

    private static Validity Day => Validity.For(TimeSpan.FromDays(1), TimeProvider.System.GetUtcNow());

    private string AuthorityFile => Path.Combine(_folder.FullName, DevelopmentAuthority.AuthorityFile);

    private static CredentialHolder Holder(string name, CallerRoles roles, string robots) => new(name, roles, RobotScope.Of([robots])!);

    private async Task<OperatorPage> SignedInAsync(string name, CallerRoles roles, string robots)
    {
        var token = await File.ReadAllTextAsync(_authority.IssueToken(Holder(name, roles, robots), Day));
        var page = await OperatorPage.OpenAsync(_service.Address);
        await SignInAsync(page, token.Trim());
        await Expect(page.Tab.GetByRole(AriaRole.Dialog)).ToBeHiddenAsync();
        return page;
    }

    private static async Task SignInAsync(OperatorPage page, string token)
    {
        var dialog = page.Tab.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Bearer token").FillAsync(token);
        await dialog.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { NameString = "Sign in" }).ClickAsync();
    }
}
