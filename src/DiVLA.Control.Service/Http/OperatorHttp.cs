using DiVLA.Control.Service.Sessions;

namespace DiVLA.Control.Service.Http;

/// <summary>What there is over HTTP beside the transcoded calls: live events, the description of it all, and whether the service is well.</summary>
internal static class OperatorHttp
{
    /// <summary>Events of all sessions.</summary>
    public const string AllEvents = "/v1/events";

    /// <summary>Events of one session.</summary>
    public const string SessionEvents = "/v1/sessions/{session}/events";

    /// <summary>What there is.</summary>
    public const string Description = "/openapi/v1.json";

    /// <summary>What every request passes through before an endpoint answers it.</summary>
    public static void UseOperatorHttp(this WebApplication app)
    {
        app.UseStatusCodePages(context => HttpErrors.DescribeAsync(context.HttpContext, context.HttpContext.RequestServices.GetRequiredService<KnownPaths>()));
        app.Use((context, next) => ProtectiveHeaders.AddAsync(context, next));
        app.Use((context, next) => ForeignPages.RefuseAsync(context, next));
        app.Use((context, next) => EmptyBodies.FillAsync(context, next));
    }

    /// <summary>Maps the endpoints.</summary>
    public static void MapOperatorHttp(this WebApplication app)
    {
        app.MapGet("/healthz", (SessionRegistry registry, LogBacklog log) => registry.IsShuttingDown
            ? Results.Json(new { status = "shutting_down", log_lines_dropped = log.Dropped }, statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Json(new { status = "ok", log_lines_dropped = log.Dropped }));
        app.MapGet("/livez", () => Results.Json(new { status = "ok" }));
        app.MapGet(AllEvents, EventStream.WriteAsync);
        app.MapGet(SessionEvents, EventStream.WriteAsync);
        app.MapGet(Description, () => Results.Bytes(OpenApiDocument.Bytes, "application/json"));
    }
}
