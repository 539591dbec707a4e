using System.Globalization;
using DiVLA.Control.Service.Identity;
using DiVLA.Control.Service.Live;
using DiVLA.Control.Service.Sessions;
using Google.Protobuf;
using Grpc.Core;

namespace DiVLA.Control.Service.Http;

/// <summary>Server-sent events: `Operations.Watch` for browsers and curl. The event's name is the field that it fills, its data that field.</summary>
internal static class EventStream
{
    /// <summary>Writes events until the session ends, the service shuts down or the reader has gone.</summary>
    public static async Task WriteAsync(HttpContext context, LiveEvents live, SessionRegistry registry, AccessRefusals refusals)
    {
        if (!TryReadRequest(context.Request, out var request, out var fault))
        {
            await HttpErrors.WriteAsync(context, StatusCode.InvalidArgument, fault);
            return;
        }
        var caller = context.GetCaller();
        try
        {
            RobotTargets.Bind(RobotTarget.Followed, request, caller, registry);
            await foreach (var news in live.ReadAsync(request, caller.Robots, context.RequestAborted)) await WriteAsync(context.Response, news, context.RequestAborted);
        }
        catch (RpcException refused) when (!context.Response.HasStarted)
        {
            if (refused.StatusCode == StatusCode.PermissionDenied)
                await refusals.ReportAsync(AccessTable.CallOf(context.GetEndpoint()!, context.Request.Method), caller, context.Connection.RemoteIpAddress, refused.Status);
            await HttpErrors.WriteAsync(context, refused.StatusCode, refused.Status.Detail);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The reader has gone.
        }
    }

    private static Task WriteAsync(HttpResponse response, Wire.WatchResponse news, CancellationToken cancellation)
    {
        if (!response.HasStarted)
        {
            response.ContentType = "text/event-stream";
            response.Headers.CacheControl = "no-store";
            // Proxies that collect a response before they pass it on would make live data old.
            response.Headers["X-Accel-Buffering"] = "no";
        }
        return response.WriteAsync(Text(news), cancellation);
    }

    private static string Text(Wire.WatchResponse news)
    {
        var field = Wire.WatchResponse.Descriptor.Oneofs[0].Accessor.GetCaseFieldDescriptor(news);
        var data = WireJson.Of((IMessage)field.Accessor.GetValue(news));
        // Where all sessions are followed, whose event it is.
        if (news.SessionId.Length > 0) (data["session_id"], data["robot_id"]) = (news.SessionId, news.RobotId);
        if (news.Skipped > 0) data["skipped"] = news.Skipped;
        return $"event: {field.Name}\ndata: {data.ToJsonString()}\n\n";
    }

    private static bool TryReadRequest(HttpRequest http, out Wire.WatchRequest request, out string fault)
    {
        request = new Wire.WatchRequest { Session = http.RouteValues["session"] as string ?? "", WithPictures = true };
        fault = "";
        if (http.Query["period_ms"] is [{ } period])
        {
            if (!uint.TryParse(period, CultureInfo.InvariantCulture, out var periodMs)) fault = $"period_ms: found '{Printable.Line(period, 32)}', expected a whole number";
            request.PeriodMs = periodMs;
        }
        if (http.Query["with_pictures"] is [{ } pictures])
        {
            if (!bool.TryParse(pictures, out var withPictures)) fault = $"with_pictures: found '{Printable.Line(pictures, 32)}', expected true or false";
            request.WithPictures = withPictures;
        }
        return fault.Length == 0;
    }
}
