using System.Text.Json.Nodes;
using Grpc.Core;

namespace DiVLA.Control.Service.Http;

/// <summary>Errors over HTTP: a gRPC status as JSON, with the HTTP status that stands for it. What transcoding does for calls, for everything else.</summary>
internal static class HttpErrors
{
    /// <summary>Writes an error.</summary>
    public static Task WriteAsync(HttpContext context, StatusCode status, string message, int? httpStatus = null)
    {
        context.Response.StatusCode = httpStatus ?? HttpStatusOf(status);
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(new JsonObject { ["code"] = (int)status, ["message"] = message, ["details"] = new JsonArray() }.ToJsonString());
    }

    /// <summary>Gives every empty error response a body.</summary>
    public static Task DescribeAsync(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => WriteAsync(context, StatusCode.NotFound, "there is nothing here for that method; /openapi/v1.json has what there is"),
        var other => WriteAsync(context, StatusCode.Unknown, "the request was not understood", other),
    };

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
