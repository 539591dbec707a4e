using Serilog.Core;
using Serilog.Debugging;
using Serilog.Events;

namespace DiVLA.Control.Service;

/// <summary>A target of the log whose lost lines are counted: those that it threw at, and those that it says it could not write.</summary>
internal sealed class CountingTarget : ILogEventSink, ILoggingFailureListener, IDisposable
{
    private readonly ILogEventSink _target;
    private readonly LogBacklog _backlog;

    public CountingTarget(ILogEventSink target, LogBacklog backlog)
    {
        (_target, _backlog) = (target, backlog);
        // A target that cannot open its file has nobody to throw to.
        if (target is ISetLoggingFailureListener telling) telling.SetFailureListener(this);
    }

    /// <inheritdoc/>
    public void Emit(LogEvent logEvent)
    {
        try
        {
            _target.Emit(logEvent);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _backlog.CountUnwritten(1);
            SelfLog.WriteLine("A line is lost: {0}", error.Message);
        }
    }

    /// <inheritdoc/>
    public void OnLoggingFailed(object sender, LoggingFailureKind kind, string message, IReadOnlyCollection<LogEvent>? events, Exception? exception)
    {
        _backlog.CountUnwritten(events?.Count ?? 0);
        SelfLog.WriteLine("{0} lines are lost: {1}", events?.Count ?? 0, message);
    }

    /// <inheritdoc/>
    public void Dispose() => (_target as IDisposable)?.Dispose();
}
