using System.Text.Json.Nodes;
using Grpc.Core;

namespace DiVLA.Control.Service.Http;

/// <summary>Errors over HTTP: a gRPC status as JSON, with the HTTP status that stands for it. What transcoding does for calls, for everything else.</summary>
internal static class HttpErrors
{
    private const int MaxPathLength = 128;
    private const int MaxMethodLength = 16;

    /// <summary>Writes an error.</summary>
    public static Task WriteAsync(HttpContext context, StatusCode status, string message, int? httpStatus = null)
    {
        context.Response.StatusCode = httpStatus ?? HttpStatusOf(status);
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(new JsonObject { ["code"] = (int)status, ["message"] = message, ["details"] = new JsonArray() }.ToJsonString());
    }

    /// <summary>Gives every empty error response a body, and says of a path that is there by which methods it is to be had.</summary>
    public static Task DescribeAsync(HttpContext context, KnownPaths paths)
    {
        var (request, status) = (context.Request, context.Response.StatusCode);
        if (status is not (StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed))
            return WriteAsync(context, StatusCode.Unknown, "the request was not understood", status);
        if (paths.MethodsOf(request.Path) is not { Count: > 0 } methods || methods.Contains(request.Method))
            return WriteAsync(context, StatusCode.NotFound, $"there is nothing at {Printable.Line(request.Path, MaxPathLength)}; {OperatorHttp.Description} has what there is");
        context.Response.Headers.Allow = string.Join(", ", methods);
        var detail = $"{Printable.Line(request.Method, MaxMethodLength)} is not for {Printable.Line(request.Path, MaxPathLength)}, which takes {string.Join(" or ", methods)}";
        return WriteAsync(context, StatusCode.Unimplemented, detail, StatusCodes.Status405MethodNotAllowed);
    }

    private static int HttpStatusOf(StatusCode status) => status switch
    {
        StatusCode.OK => StatusCodes.Status200OK,
        StatusCode.InvalidArgument or StatusCode.FailedPrecondition or StatusCode.OutOfRange => StatusCodes.Status400BadRequest,
        StatusCode.Unauthenticated => StatusCodes.Status401Unauthorized,
        StatusCode.PermissionDenied => StatusCodes.Status403Forbidden,
        StatusCode.NotFound => StatusCodes.Status404NotFound,
        StatusCode.AlreadyExists or StatusCode.Aborted => StatusCodes.Status409Conflict,
        StatusCode.ResourceExhausted => StatusCodes.Status429TooManyRequests,
        StatusCode.Cancelled => StatusCodes.Status499ClientClosedRequest,
        StatusCode.Unimplemented => StatusCodes.Status501NotImplemented,
        StatusCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
        StatusCode.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
        _ => StatusCodes.Status500InternalServerError,
    };
}
