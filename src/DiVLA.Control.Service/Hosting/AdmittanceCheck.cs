using DiVLA.Control.Service.Sessions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DiVLA.Control.Service;

/// <summary>Healthy while robots are let in. The policy needs no check of its own: without a verified bundle the service does not start.</summary>
internal sealed class AdmittanceCheck(SessionRegistry registry) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(registry.IsShuttingDown ? HealthCheckResult.Unhealthy("shutting down") : HealthCheckResult.Healthy());
}
