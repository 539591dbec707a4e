using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace DiVLA.Control.Page.Tests;

/// <summary>What axe finds on a page, by the rules of the Web Content Accessibility Guidelines.</summary>
internal static class AccessibilityFaults
{
    private static readonly string[] Grave = ["serious", "critical"];

    /// <summary>Serious and critical faults, each with the places where it is.</summary>
    public static async Task<IReadOnlyList<string>> OfAsync(IPage page)
    {
        var found = await page.RunAxe();
        Assert.That(found.Passes, Is.Not.Empty, "axe has looked");
        return [.. found.Violations.Where(fault => Grave.Contains(fault.Impact)).Select(fault => $"{fault.Id}: {fault.Help}: {string.Join("; ", fault.Nodes.Select(node => node.Html))}")];
    }
}
