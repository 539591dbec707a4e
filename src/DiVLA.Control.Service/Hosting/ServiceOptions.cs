using System.Net;
using DiVLA.Control.Policy;
using DiVLA.Control.RealTime;
using Serilog.Events;

namespace DiVLA.Control.Service;

/// <summary>What a service is asked to be.</summary>
public sealed record ServiceOptions
{
    /// <summary>Folder of the policy bundle that is served.</summary>
    public required string BundleDirectory { get; init; }

    /// <summary>Where gRPC is served: HTTP/2, in clear text unless <see cref="Security"/> is set. Port 0 takes a free one. Defaults to 127.0.0.1:5082.</summary>
    public IPEndPoint GrpcEndpoint { get; init; } = new(IPAddress.Loopback, 5082);

    /// <summary>Where JSON for people and scripts is served, HTTP/1.1. Port 0 takes a free one. Defaults to 127.0.0.1:5083.</summary>
    public IPEndPoint HttpEndpoint { get; init; } = new(IPAddress.Loopback, 5083);

    /// <summary>TLS, and who may call what. Null, the default, serves in clear text and asks nobody who they are; then both addresses must be loopback.</summary>
    public SecurityOptions? Security { get; init; }

    /// <summary>Takes free ports where the wanted ones are taken, instead of refusing to start. Defaults to false.</summary>
    public bool UseFreePortsWhenTaken { get; init; }

    /// <summary>How often the bundle's folder is looked at for arms that were added. Range: above 0, up to 1 hour. Defaults to 2 s.</summary>
    public TimeSpan EmbodimentPoll { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How the policy is run.</summary>
    public PolicyOptions Policy { get; init; } = new();

    /// <summary>What is asked of every session's loop. Rate and lease come from the embodiment and from the robot.</summary>
    public RealTimeOptions RealTime { get; init; } = new();

    /// <summary>How much robots and operators may ask for.</summary>
    public SessionLimits Limits { get; init; } = new();

    /// <summary>Who is told what happens.</summary>
    public TelemetryOptions Telemetry { get; init; } = new();

    /// <summary>Where the log goes.</summary>
    public LogOptions Log { get; init; } = new();

    /// <summary>What is kept of the reasoning. Defaults to nothing.</summary>
    public RecordOptions Records { get; init; } = new();

    /// <summary>File that gets a JSON line for everything that an operator does to an arm; null for none: the log has it too. Defaults to null.</summary>
    public string? AuditFile { get; init; }

    /// <summary>The service clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Everything that is wrong with these options; empty where the service can start.</summary>
    public IReadOnlyList<string> Validate() =>
    [
        .. LoopbackErrors(nameof(GrpcEndpoint), GrpcEndpoint),
        .. LoopbackErrors(nameof(HttpEndpoint), HttpEndpoint),
        .. Directory.Exists(BundleDirectory) ? [] : new[] { $"BundleDirectory: found '{BundleDirectory}', expected a folder that exists" },
        .. EmbodimentPoll > TimeSpan.Zero && EmbodimentPoll <= TimeSpan.FromHours(1) ? [] : new[] { $"EmbodimentPoll: found {EmbodimentPoll}, expected above 0, up to 1 hour" },
        .. Security?.Validate().Select(error => $"Security.{error}") ?? [],
        .. Policy.Validate().Select(error => $"Policy.{error}"),
        .. RealTime.Validate().Select(error => $"RealTime.{error}"),
        .. Limits.Validate().Select(error => $"Limits.{error}"),
        .. Telemetry.Validate().Select(error => $"Telemetry.{error}"),
        .. Records.Validate().Select(error => $"Records.{error}"),
        .. AuditFile is { } file && (file.Trim().Length == 0 || Directory.Exists(file)) ? new[] { $"AuditFile: found '{file}', expected the path of a file" } : [],
    ];

    private IEnumerable<string> LoopbackErrors(string name, IPEndPoint endpoint)
    {
        if (Security is null && !IPAddress.IsLoopback(endpoint.Address))
            yield return $"{name}: found {endpoint}, expected a loopback address: any other one needs TLS and authentication, which Security (serve --tls-cert ...) turns on";
    }
}

/// <summary>How log lines are written.</summary>
public enum LogFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>For machines: an object a line, with the fields that the text is made of (Session, Robot, Tick, Stage, ...) by themselves.</summary>
    Json,
}

/// <summary>Where the log goes.</summary>
public sealed record LogOptions
{
    /// <summary>Writes to the console. Defaults to true.</summary>
    public bool Console { get; init; } = true;

    /// <summary>How lines are written. Defaults to text.</summary>
    public LogFormat Format { get; init; } = LogFormat.Text;

    /// <summary>File that is written as well, a new one each day; null for none.</summary>
    public string? File { get; init; }

    /// <summary>Where the file is, and what led to stops is written as well; null where there is no file.</summary>
    internal string? Folder => File is null ? null : Path.GetDirectoryName(Path.GetFullPath(File));

    /// <summary>What is worth a line. Defaults to information.</summary>
    public LogEventLevel Level { get; init; } = LogEventLevel.Information;
}
