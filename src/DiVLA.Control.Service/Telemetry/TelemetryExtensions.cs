using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace DiVLA.Control.Service.Telemetry;

/// <summary>Wires meters and traces to those who collect them.</summary>
internal static class TelemetryExtensions
{
    /// <summary>Where Prometheus finds the metrics.</summary>
    public const string MetricsPath = "/metrics";

    // Of the runtime and the server: memory, collections, threads, connections.
    private static readonly string[] PlatformMeters = ["System.Runtime", "Microsoft.AspNetCore.Server.Kestrel"];

    public static IServiceCollection AddTelemetry(this IServiceCollection services, TelemetryOptions options)
    {
        services.AddSingleton<TelemetrySessions>().AddSingleton<ServiceMeters>().AddSingleton<TickSpans>().AddSingleton<TelemetryExporter>()
            .AddHostedService(provider => provider.GetRequiredService<TelemetryExporter>());
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("divla-control", serviceVersion: typeof(TelemetryExtensions).Assembly.GetName().Version?.ToString()))
            .WithMetrics(metrics => metrics.AddMeter([ServiceMeters.MeterName, .. PlatformMeters]).AddPrometheusExporter());
        services.ConfigureOpenTelemetryMeterProvider((provider, metrics) => metrics.AddView(OwnMeters(provider.GetRequiredService<IMeterFactory>())));
        if (options.CollectorEndpoint is { } collector)
            telemetry.WithMetrics(metrics => metrics.AddOtlpExporter(exporter => exporter.Endpoint = collector))
                .WithTracing(tracing => tracing.AddSource(TickSpans.SourceName).AddOtlpExporter(exporter => exporter.Endpoint = collector));
        return services;
    }

    // Meters are found by their name in the whole process, where tests and tools may run several services.
    private static Func<Instrument, MetricStreamConfiguration?> OwnMeters(IMeterFactory own) =>
        instrument => instrument.Meter.Scope is { } scope && !ReferenceEquals(scope, own) ? MetricStreamConfiguration.Drop : null;
}
