using System.Net;
using Grpc.Core;

namespace DiVLA.Control.Service.Http;

/// <summary>Refuses what pages of other sites have a browser send here. A service on loopback knows its callers by nothing but that they are on the machine, and a browser is.</summary>
internal static class ForeignPages
{
    /// <summary>To be used before everything that answers.</summary>
    public static Task RefuseAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (IsGrpc(request)) return next(context);
        if (!IsOwnPage(request) || !IsOwnSite(request))
            return HttpErrors.WriteAsync(context, StatusCode.PermissionDenied, "pages of other sites may not call this service");
        return IsOwnName(context)
            ? next(context)
            : HttpErrors.WriteAsync(context, StatusCode.PermissionDenied, "this service is reached by its address or as localhost");
    }

    /// <summary>Whether a request is for gRPC, which no page can send.</summary>
    public static bool IsGrpc(HttpRequest request) => request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) == true;

    // What changes something comes from our own page or from no page. A link to us, which is a GET, may be anywhere.
    private static bool IsOwnSite(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) || request.Headers["Sec-Fetch-Site"] is not ["cross-site" or "same-site"];

    // A browser names the site of the page that calls; curl and programs name none.
    private static bool IsOwnPage(HttpRequest request) =>
        request.Headers.Origin is not [var origin] || (Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.Authority == request.Host.Value);

    // A name that somebody else's name server gave for 127.0.0.1 makes their page look like ours.
    private static bool IsOwnName(HttpContext context) =>
        context.Connection.LocalIpAddress is not { } local || !IPAddress.IsLoopback(local)
        || context.Request.Host.Host is var host && (host is "localhost" || IPAddress.TryParse(host.Trim('[', ']'), out _));
}
