using System.Net;

namespace DiVLA.Control.Service.Identity;

/// <summary>Tells requests of people and programs on this machine from those of foreign web pages that their browser has open.</summary>
/// <remarks>
/// Where nobody is asked for credentials, being on this machine is the credential, and a browser on this machine lends it to any page: a page may send requests
/// to loopback, or let its own name resolve to it. Such requests say so, in 'origin' or in 'host'.
/// </remarks>
internal static class LocalRequest
{
    /// <summary>False for a request that a foreign page has a part in.</summary>
    public static bool IsOurs(HttpRequest request) =>
        IsThisMachine(request.Host.Host)
        && request.Headers.Origin.All(origin => Uri.TryCreate(origin, UriKind.Absolute, out var page) && IsThisMachine(page.Host));

    private static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
