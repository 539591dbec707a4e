using Microsoft.AspNetCore.Http.Features;

namespace DiVLA.Control.Service.Http;

/// <summary>Lets a POST without a body stand for one with an empty object: `curl -X POST .../v1/emergency-stop` stops all arms.</summary>
internal static class EmptyBodies
{
    /// <summary>To be used before the endpoints.</summary>
    public static Task FillAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        var isEmpty = HttpMethods.IsPost(request.Method) && context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == false;
        if (isEmpty && request.Path.StartsWithSegments("/v1", StringComparison.Ordinal))
        {
            request.Body = new MemoryStream("{}"u8.ToArray());
            request.ContentLength = 2;
            request.ContentType = "application/json";
        }
        return next(context);
    }
}
