using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Service.Rpc;
using DiVLA.Control.Service.Sessions;
using Google.Protobuf;

namespace DiVLA.Control.Service;

/// <summary>The wiring of the service, in the order of the path.</summary>
public static class DivlaControlExtensions
{
    private static readonly JsonFormatter Json = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true).WithPreserveProtoFieldNames(true));

    /// <summary>Adds everything that drives arms to a host.</summary>
    public static void AddDivlaControl(this WebApplicationBuilder builder, ServiceOptions options, PolicyBundle bundle)
    {
        builder.AddLog(options.Log);
        builder.WebHost.ListenOn(options);
        builder.Services
            .AddSingleton(options)
            .AddSingleton(bundle)
            .AddSingleton<SessionParts>()
            .AddSingleton(new SessionAdmission(bundle, options.Limits))
            .AddSingleton<SessionRegistry>()
            .AddSingleton<EmergencyStops>()
            .AddSingleton<SessionViews>()
            .AddSingleton<EmbodimentWatch>()
            .AddHostedService(services => services.GetRequiredService<EmbodimentWatch>())
            .AddHostedService<SessionShutdown>()
            .AddDivlaGrpc(options.Limits);
    }

    /// <summary>Says what is served where.</summary>
    public static void MapDivlaControl(this WebApplication app)
    {
        app.MapGrpcService<RobotControlService>();
        app.MapGrpcService<ReasoningService>();
        app.MapGrpcService<OperationsService>();
        app.MapGrpcHealthChecksService();
        app.MapGrpcReflectionService();
        app.MapGet("/healthz", (SessionRegistry registry, LogBacklog log) => registry.IsShuttingDown
            ? Results.Json(new { status = "shutting_down", log_lines_dropped = log.Dropped }, statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Json(new { status = "ok", log_lines_dropped = log.Dropped }));
        app.MapGet("/v1/sessions", (SessionViews views) => Results.Text(Json.Format(views.List(withStatistics: true)), "application/json"));
    }

    private static void AddDivlaGrpc(this IServiceCollection services, SessionLimits limits)
    {
        services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = limits.MaxMessageBytes;
            grpc.Interceptors.Add<FaultInterceptor>();
        });
        services.AddGrpcHealthChecks(health => health.Services.Map("divla.control.v1.RobotControl", _ => true)).AddCheck<AdmittanceCheck>("admittance");
        services.AddGrpcReflection();
    }
}
