using DiVLA.Control.Service.Http;
using Grpc.Core;

namespace DiVLA.Control.Service.Identity;

/// <summary>Answers a call that is not let in, in the caller's own protocol.</summary>
internal static class Refusal
{
    /// <summary>Writes a gRPC status, or for others the HTTP status with the same meaning and the JSON that transcoded calls get.</summary>
    public static Task WriteAsync(HttpContext context, Status status)
    {
        if (context.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) == true)
        {
            WriteGrpc(context.Response, status);
            return Task.CompletedTask;
        }
        if (status.StatusCode == StatusCode.Unauthenticated) context.Response.Headers.WWWAuthenticate = "Bearer";
        return HttpErrors.WriteAsync(context, status.StatusCode, status.Detail);
    }

    // A status without a message: headers alone.
    private static void WriteGrpc(HttpResponse response, Status status)
    {
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = ((int)status.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Uri.EscapeDataString(status.Detail);
    }
}
