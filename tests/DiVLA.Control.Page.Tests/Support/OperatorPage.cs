using Microsoft.Playwright;

namespace DiVLA.Control.Page.Tests;

/// <summary>The operator page in a browser tab of its own, and what went wrong in it.</summary>
internal sealed class OperatorPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;

    private OperatorPage(IBrowserContext context, IPage page) => (_context, Tab) = (context, page);

    public IPage Tab { get; }

    /// <summary>Errors in the console, and those that nothing has caught.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>Hosts that something was asked of.</summary>
    public HashSet<string> Hosts { get; } = [];

    public ILocator Robot => Tab.Locator("#robot");

    public ILocator State => Tab.Locator("#state");

    public ILocator Connection => Tab.Locator("#connection");

    public ILocator Alarm => Tab.Locator("#alarm");

    public ILocator StopOutcome => Tab.Locator("#stop-outcome");

    public ILocator History => Tab.Locator("#history li");

    public ILocator StopAll => Tab.GetByRole(AriaRole.Button, new PageGetByRoleOptions { NameString = "STOP ALL ROBOTS" });

    /// <summary>Opens the page.</summary>
    /// <param name="address">Of the service.</param>
    /// <param name="options">Of the browser's window; null for a large one.</param>
    /// <param name="prepare">Done before anything is loaded.</param>
    public static async Task<OperatorPage> OpenAsync(Uri address, BrowserNewContextOptions? options = null, Func<IPage, Task>? prepare = null)
    {
        options ??= new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 1400, Height = 1000 } };
        // The services' certificates are of an authority that no browser knows.
        options.IgnoreHTTPSErrors = true;
        var context = await Chromium.Browser.NewContextAsync(options);
        context.SetDefaultTimeout(Chromium.Patience);
        var page = new OperatorPage(context, await context.NewPageAsync());
        page.Watch();
        if (prepare is not null) await prepare(page.Tab);
        await page.Tab.GotoAsync(address.ToString());
        return page;
    }

    /// <summary>The section of that heading, as a screen reader finds it.</summary>
    public ILocator Section(string title) => Tab.GetByRole(AriaRole.Region, new PageGetByRoleOptions { NameString = title, Exact = true });

    public ILocator Button(string name) => Tab.GetByRole(AriaRole.Button, new PageGetByRoleOptions { NameString = name, Exact = true });

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private void Watch()
    {
        Tab.Console += (_, message) =>
        {
            if (message.Type == "error") Faults.Add(message.Text);
        };
        Tab.PageError += (_, error) => Faults.Add(error);
        Tab.Request += (_, request) =>
        {
            if (new Uri(request.Url) is { Scheme: not "data" } asked) Hosts.Add(asked.Authority);
        };
    }
}
