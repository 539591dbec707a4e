namespace DiVLA.Control.Service;

/// <summary>What is told to the outside of what happens. Metrics for Prometheus are always served, at /metrics.</summary>
public sealed record TelemetryOptions
{
    /// <summary>OpenTelemetry collector that metrics and traces are sent to, over gRPC; null for none.</summary>
    public Uri? CollectorEndpoint { get; init; }

    /// <summary>One tick in so many is traced. Unit: ticks. Defaults to 82, about one a second and robot.</summary>
    public int TraceEvery { get; init; } = 82;

    /// <summary>Everything that is wrong with these options.</summary>
    internal IEnumerable<string> Validate()
    {
        if (TraceEvery < 1) yield return $"TraceEvery: found {TraceEvery}, expected 1 or more";
        if (CollectorEndpoint is { } endpoint && endpoint.Scheme != Uri.UriSchemeHttp && endpoint.Scheme != Uri.UriSchemeHttps)
            yield return $"CollectorEndpoint: found {endpoint}, expected an http or https address";
    }
}
