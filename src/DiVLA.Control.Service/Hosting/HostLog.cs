using System.Globalization;
using Serilog;
using Serilog.Configuration;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Compact;
using Serilog.Formatting.Display;

namespace DiVLA.Control.Service;

/// <summary>What the host writes, and where.</summary>
/// <remarks>
/// Each target has a queue and a thread of its own: a terminal that nobody reads or a disk that is slow or full costs lines of that target, which are counted,
/// and never holds up the thread that speaks, which may be the one that hands commands to the transport.
/// </remarks>
internal static class HostLog
{
    /// <summary>Lines that a target may be behind before it loses some.</summary>
    public const int QueuedLines = 10_000;

    private const string Line = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff} {Level:u3} {SourceContext}: {Message:lj}{NewLine}{Exception}";

    /// <summary>Serilog and nothing beside it.</summary>
    public static void AddLog(this WebApplicationBuilder builder, LogOptions options)
    {
        var backlog = new LogBacklog();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(backlog).AddSerilog(Create(options, backlog), dispose: true);
    }

    /// <summary>Adds a target that is written from a thread of its own.</summary>
    public static LoggerConfiguration Queued(this LoggerSinkConfiguration targets, LogBacklog backlog, Action<LoggerSinkConfiguration> target) =>
        targets.Async(
            queue => queue.Sink(new CountingTarget(LoggerSinkConfiguration.CreateSink(target), backlog)), bufferSize: QueuedLines, blockWhenFull: false, monitor: backlog);

    private static Logger Create(LogOptions options, LogBacklog backlog)
    {
        var log = new LoggerConfiguration().MinimumLevel.Is(options.Level).MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("Grpc", LogEventLevel.Error);
        if (options.Console)
            log = log.WriteTo.Queued(backlog, target => target.Console(FormatterOf(options.Format)));
        if (options.File is { } file)
            log = log.WriteTo.Queued(backlog, target => target.File(FormatterOf(options.Format), file, rollingInterval: RollingInterval.Day));
        return log.CreateLogger();
    }

    private static ITextFormatter FormatterOf(LogFormat format) =>
        format == LogFormat.Json ? new RenderedCompactJsonFormatter() : new MessageTemplateTextFormatter(Line, CultureInfo.InvariantCulture);
}
