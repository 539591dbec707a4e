using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DiVLA.Control.Service.Audit;

/// <summary>Writes down who did what to which arm, apart from the log: JSON lines, each on the disk before the caller has the answer.</summary>
/// <remarks>The file is opened anew for every line, so that it may be moved away at any time. What cannot be written is counted and logged; what that means is for the caller to say.</remarks>
internal sealed class AuditLog(ServiceOptions options, ILogger<AuditLog> logger) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.General)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly SemaphoreSlim _file = new(1);
    private readonly Lock _gate = new();
    private long _lost;
    private string _fault = "";

    /// <summary>How many lines are lost, and why.</summary>
    public Wire.AuditHealth Health()
    {
        lock (_gate) return new Wire.AuditHealth { On = options.AuditFile is not null, Lost = (ulong)_lost, Fault = _fault };
    }

    /// <summary>Writes a line. Returns when it is on the disk, when it could not be written, or after a second at most: a disk that hangs keeps no operator waiting.</summary>
    /// <returns>True where it is on the disk, or where no file was asked for.</returns>
    public async Task<bool> WriteAsync(AuditEntry entry)
    {
        if (options.AuditFile is not { } file) return true;
        var line = JsonSerializer.SerializeToUtf8Bytes(AuditLine.Of(entry, options.Clock.GetUtcNow()), Json);
        var writing = Task.Run(() => AppendAsync(file, line));
        if (await Task.WhenAny(writing, Task.Delay(Patience, options.Clock)) == writing) return await writing;
        Hangs(file);
        return false;
    }

    public void Dispose() => _file.Dispose();

    private async Task<bool> AppendAsync(string file, byte[] line)
    {
        await _file.WaitAsync();
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder) Directory.CreateDirectory(folder);
            Append(file, [.. line, (byte)'\n']);
            Written();
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Lost(file, error);
            return false;
        }
        finally
        {
            _file.Release();
        }
    }

    // One write without a buffer, so that a line of another process cannot come in between.
    private static void Append(string file, byte[] line)
    {
        using var stream = new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.Read | FileShare.Delete, bufferSize: 0);
        var before = stream.Length;
        try
        {
            stream.Write(line);
            stream.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            // A disk without room may take half a line, which would spoil the next one.
            stream.SetLength(before);
            throw;
        }
    }

    private void Written()
    {
        lock (_gate) _fault = "";
    }

    private void Hangs(string file)
    {
        lock (_gate) _fault = $"{file}: a line has not been written within {Patience.TotalSeconds:0} s";
    }

    private void Lost(string file, Exception error)
    {
        bool isFirst;
        lock (_gate)
        {
            (isFirst, _fault) = (_fault.Length == 0, $"{file}: {error.Message}");
            _lost++;
        }
        if (isFirst) AuditLines.Lost(logger, file, error.Message);
    }

    /// <summary>The line; its names are read by other people's programs and do not change.</summary>
    private sealed record AuditLine(
        DateTimeOffset Time,
        string Action,
        string Subject,
        IReadOnlyList<string> RobotIds,
        string Who,
        string Why,
        string Outcome,
        string Detail,
        string Peer,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long LeftOut)
    {
        public static AuditLine Of(AuditEntry entry, DateTimeOffset time) =>
            new(time, entry.Action, entry.Subject, entry.RobotIds, entry.Who, entry.Why, entry.Outcome, entry.Detail, entry.Peer, entry.LeftOut);
    }
}

/// <summary>Something that somebody did, or was refused.</summary>
/// <param name="Action">One of the constants below.</param>
/// <param name="Subject">What it was about, in words.</param>
/// <param name="RobotIds">The arms that it reached; empty where it was refused, or where no arm was there.</param>
/// <param name="Who">As they called themselves; may be empty.</param>
/// <param name="Why">May be empty.</param>
/// <param name="Outcome">OK, or the gRPC status of the refusal.</param>
/// <param name="Detail">Why it was refused; empty where it was not.</param>
/// <param name="Peer">Where the request came from.</param>
/// <param name="LeftOut">Refused calls that had no line of their own since the one before; 0 for everything else.</param>
internal sealed record AuditEntry(
    string Action, string Subject, IReadOnlyList<string> RobotIds, string Who, string Why, string Outcome, string Detail, string Peer, long LeftOut = 0)
{
    /// <summary>True for what stops an arm or lets it move again.</summary>
    public bool Moves => Action is Stop or Reset;

    public const string Stop = "emergency_stop";
    public const string Reset = "reset";
    public const string Instruct = "instruct";
    public const string Pin = "pin";
    public const string Release = "release";

    /// <summary>A call that was not let in: its credential was none, or not enough.</summary>
    public const string Access = "access";
}

/// <summary>The same for the log.</summary>
internal static partial class AuditLines
{
    [LoggerMessage(EventId = 210, Message = "{Action} of {Subject} by '{Who}' from {Peer}: '{Why}': {Outcome}")]
    public static partial void Done(ILogger logger, LogLevel level, string action, string subject, string who, string why, string outcome, string peer);

    [LoggerMessage(211, LogLevel.Error, "The audit log cannot be written to {File}: {Fault}. Lines are lost until it can")]
    public static partial void Lost(ILogger logger, string file, string fault);
}
