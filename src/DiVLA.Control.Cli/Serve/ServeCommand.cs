using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using DiVLA.Control.Policy;
using DiVLA.Control.Service;
using Serilog.Events;

namespace DiVLA.Control.Cli.Serve;

/// <summary>`divla serve`: the service, until Ctrl-C or SIGTERM.</summary>
internal static class ServeCommand
{
    public static Command Create(Terminal terminal, TimeProvider clock)
    {
        var (bundle, json) = (SharedOptions.Bundle(), SharedOptions.Json());
        var grpc = Endpoint("--listen", "Address and port for robots and operators (gRPC). Port 0 takes a free one.", 5082);
        var http = Endpoint("--listen-http", "Address and port for people and scripts (JSON over HTTP). Port 0 takes a free one.", 5083);
        var (onnx, security, telemetry, records) = (new OnnxSelection(), new SecuritySelection(), new TelemetrySelection(), new RecordSelection());
        var logFile = new Option<string?>("--log-file") { Description = "Write the log to this file as well, a new one each day.", HelpName = "FILE" };
        var logFormat = new Option<LogFormat>("--log-format") { Description = "How log lines are written: for people or, with all their fields, for machines.", DefaultValueFactory = _ => LogFormat.Text };
        var logLevel = new Option<LogEventLevel>("--log-level") { Description = "What is worth a line.", DefaultValueFactory = _ => LogEventLevel.Information };
        var command = new Command("serve", "Serve a policy bundle to robots until Ctrl-C.") { bundle, grpc, http, logFile, logFormat, logLevel, json };
        records.AddTo(command);
        onnx.AddTo(command);
        security.AddTo(command);
        telemetry.AddTo(command);
        command.SetAction((parsed, cancellation) => CommandGuard.RunAsync(terminal, () =>
        {
            var options = new ServiceOptions
            {
                BundleDirectory = BundleLocation.Find(parsed.GetValue(bundle)),
                GrpcEndpoint = parsed.GetRequiredValue(grpc),
                HttpEndpoint = parsed.GetRequiredValue(http),
                Security = security.Of(parsed),
                Telemetry = telemetry.Of(parsed),
                Policy = new PolicyOptions { Onnx = onnx.Of(parsed) },
                // Machines read the output: the log goes to its file alone.
                Log = new LogOptions
                {
                    Console = !parsed.GetValue(json), Format = parsed.GetValue(logFormat), File = parsed.GetValue(logFile), Level = parsed.GetValue(logLevel),
                },
                Records = records.Records(parsed),
                AuditFile = records.AuditFile(parsed),
                Clock = clock,
            };
            return RunAsync(terminal, options, parsed.GetValue(json), cancellation);
        }));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, ServiceOptions options, bool json, CancellationToken cancellation)
    {
        await using var server = await DivlaServer.StartAsync(options, cancellation);
        var started = new ServeStarted(
            server.Manifest.Name, server.Manifest.Revision, server.GrpcAddress, server.HttpAddress, options.Records.File, options.AuditFile);
        await terminal.Out.WriteLineAsync(json ? Json.Line(started) : started.Words());
        await server.WaitForShutdownAsync(cancellation);
        return ExitCode.Success;
    }

    private static Option<IPEndPoint> Endpoint(string name, string description, int port) => new(name)
    {
        Description = description,
        HelpName = "ADDRESS:PORT",
        DefaultValueFactory = _ => new IPEndPoint(IPAddress.Loopback, port),
        CustomParser = result => ParseEndpoint(name, result),
    };

    private static IPEndPoint? ParseEndpoint(string name, ArgumentResult result)
    {
        if (IPEndPoint.TryParse(result.Tokens[0].Value, out var endpoint)) return endpoint;
        result.AddError($"{name}: found '{result.Tokens[0].Value}', expected an IP address and a port, as in 127.0.0.1:5082");
        return null;
    }

    private sealed record ServeStarted(string Bundle, string Revision, Uri Grpc, Uri Http, string? Records, string? AuditLog)
    {
        public string Words() =>
            $"Serving {Bundle} ({Revision}): gRPC on {Grpc}, JSON and the operator page on {Http}. Records: {Records ?? "none"}. Audit log: {AuditLog ?? "none"}. Ctrl-C ends it.";
    }
}
