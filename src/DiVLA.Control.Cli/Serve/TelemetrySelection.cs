using System.CommandLine;
using DiVLA.Control.Service;

namespace DiVLA.Control.Cli.Serve;

/// <summary>Who is told what happens, beyond Prometheus at /metrics.</summary>
internal sealed class TelemetrySelection
{
    private readonly Option<Uri?> _collector = new("--otlp")
    {
        Description = "OpenTelemetry collector that metrics and traces are sent to, over gRPC, e.g. http://127.0.0.1:4317.",
        HelpName = "URI",
    };

    private readonly Option<int> _traceEvery = SharedOptions.Count("--trace-every", "One tick in so many is traced, with --otlp.", new TelemetryOptions().TraceEvery);

    public void AddTo(Command command)
    {
        command.Add(_collector);
        command.Add(_traceEvery);
    }

    public TelemetryOptions Of(ParseResult parsed) => new() { CollectorEndpoint = parsed.GetValue(_collector), TraceEvery = parsed.GetValue(_traceEvery) };
}
