using Microsoft.AspNetCore.Routing.Template;

namespace DiVLA.Control.Service.Http;

/// <summary>Which methods there are for a path.</summary>
/// <remarks>Routing itself cannot tell: gRPC answers calls of unknown methods on every path of two parts, by whatever HTTP method.</remarks>
internal sealed class KnownPaths(EndpointDataSource endpoints)
{
    private readonly Lazy<(TemplateMatcher Matcher, IReadOnlyList<string> Methods)[]> _routes = new(() => [.. endpoints.Endpoints.OfType<RouteEndpoint>().SelectMany(Routes)]);

    /// <summary>In alphabetical order; none where there is nothing at that path.</summary>
    public IReadOnlyList<string> MethodsOf(PathString path) =>
        [.. _routes.Value.Where(route => route.Matcher.TryMatch(path, [])).SelectMany(route => route.Methods).Distinct().Order(StringComparer.Ordinal)];

    private static IEnumerable<(TemplateMatcher, IReadOnlyList<string>)> Routes(RouteEndpoint endpoint)
    {
        if (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods)
            yield return (new TemplateMatcher(new RouteTemplate(endpoint.RoutePattern), new RouteValueDictionary(endpoint.RoutePattern.Defaults)), methods);
    }
}
