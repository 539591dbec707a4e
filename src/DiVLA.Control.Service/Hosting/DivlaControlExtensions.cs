using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Service.Audit;
using DiVLA.Control.Service.Http;
using DiVLA.Control.Service.Identity;
using DiVLA.Control.Service.Live;
using DiVLA.Control.Service.Page;
using DiVLA.Control.Service.Records;
using DiVLA.Control.Service.Rpc;
using DiVLA.Control.Service.Sessions;
using DiVLA.Control.Service.Telemetry;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;

namespace DiVLA.Control.Service;

/// <summary>The wiring of the service, in the order of the path.</summary>
public static class DivlaControlExtensions
{
    /// <summary>Adds everything that drives arms to a host.</summary>
    public static void AddDivlaControl(this WebApplicationBuilder builder, ServiceOptions options, PolicyBundle bundle)
    {
        builder.AddLog(options.Log);
        builder.WebHost.ListenOn(options);
        // Says to systemd, where that started it, when it listens: by then the bundle is verified and the policy is warm.
        builder.Services.AddSystemd();
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
            .AddSingleton<LiveEvents>()
            .AddSingleton<ReasoningRecorder>()
            .AddSingleton<RecordReader>()
            .AddSingleton<AuditLog>()
            .AddSingleton<Auditor>()
            .AddSingleton<ServiceHealth>()
            .AddSingleton<KnownPaths>()
            .AddHostedService<SessionShutdown>()
            .AddIdentity(options)
            .AddTelemetry(options.Telemetry)
            .AddDivlaGrpc(options.Limits);
    }

    /// <summary>Says what is served where.</summary>
    public static void MapDivlaControl(this WebApplication app)
    {
        app.Use((context, next) => RequestArrival.NoteAsync(context, next));
        // Before the gate, which asks what is called.
        app.UseRouting();
        app.UseOperatorHttp();
        app.UseMiddleware<AccessGate>();
        app.MapGrpcService<RobotControlService>();
        app.MapGrpcService<ReasoningService>();
        app.MapGrpcService<OperationsService>();
        app.MapGrpcHealthChecksService();
        app.MapGrpcReflectionService();
        app.MapPrometheusScrapingEndpoint(TelemetryExtensions.MetricsPath);
        app.MapOperatorHttp();
        app.MapOperatorPage();
    }

    private static IServiceCollection AddIdentity(this IServiceCollection services, ServiceOptions options)
    {
        services.AddSingleton<AccessRefusals>();
        if (options.Security is not { } security) return services;
        return services.AddSingleton(security)
            .AddSingleton(options.Clock)
            .AddSingleton<ServerCertificate>()
            .AddSingleton<ClientCertificates>()
            .AddSingleton<BearerTokens>()
            .AddSingleton<Authenticator>()
            .AddHostedService<SecurityNotice>();
    }

    private static void AddDivlaGrpc(this IServiceCollection services, SessionLimits limits)
    {
        services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = limits.MaxMessageBytes;
            grpc.Interceptors.Add<FaultInterceptor>();
            grpc.Interceptors.Add<RobotScopeInterceptor>();
        }).AddJsonTranscoding(json => json.JsonSettings = new GrpcJsonSettings { RemoveEnumPrefix = true });
        services.AddGrpcHealthChecks(health => health.Services.Map("divla.control.v1.RobotControl", _ => true)).AddCheck<AdmittanceCheck>("admittance");
        services.AddGrpcReflection();
    }
}
