using DiVLA.Control.RealTime;
using DiVLA.Control.Robot;
using Microsoft.Data.Sqlite;

namespace DiVLA.Control.Service.Records;

/// <summary>Keeps what happens in a database, from a thread of its own that gives way to all others.</summary>
/// <remarks>
/// Sessions leave what they have to tell in preallocated rings and never wait. The thread looks four times a second, so that a process that is lost
/// takes less than a second with it. While the database cannot be written, what finds no room in the rings is lost and counted; the fault is logged
/// once, and writing goes on as soon as it can.
/// </remarks>
internal sealed class ReasoningRecorder : IDisposable
{
    /// <summary>How often the thread writes.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    /// <summary>Ticks of a session that the thread may be behind: 12 s at 82 Hz.</summary>
    public const int QueuedTicks = 1024;

    // Sessions that are over and could not be written yet. More are given up, the oldest first.
    private const int MostUnwritten = 32;
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TrimPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FlushPatience = TimeSpan.FromSeconds(2);

    private readonly RecordOptions _options;
    private readonly TimeProvider _clock;
    private readonly RecordLog _log;
    private readonly Func<string, RecordDatabase> _open;
    private readonly Lock _gate = new();
    private readonly List<SessionCursor> _sessions = [];
    private readonly List<TaskCompletionSource> _flushes = [];
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread? _thread;
    private RecordDatabase? _database;
    private RecordTrim? _trim;
    private long _triedAt;
    private long _trimmedAt;
    private bool _isTrimming;
    private string _fault = "";
    private long _written;
    private long _lostBefore;
    private long _bytes;
    private volatile bool _isEnding;

    /// <summary>Starts the thread, where something is to be recorded.</summary>
    public ReasoningRecorder(ServiceOptions options, ILogger<ReasoningRecorder> logger)
        : this(options, logger, RecordDatabase.Open)
    {
    }

    internal ReasoningRecorder(ServiceOptions options, ILogger<ReasoningRecorder> logger, Func<string, RecordDatabase> open)
    {
        (_options, _clock, _log, _open) = (options.Records, options.Clock, new RecordLog(logger), open);
        if (IsOn) _thread = YieldingThread.Start("divla-records", Run);
    }

    /// <summary>False where nothing is recorded.</summary>
    public bool IsOn => _options.File is not null;

    /// <summary>Begins to record a session.</summary>
    /// <returns>Where it leaves what it has to tell; null where nothing is recorded.</returns>
    public SessionRecord? Open(SessionFacts facts)
    {
        if (!IsOn) return null;
        var record = new SessionRecord(facts, MonotonicTime.Now(_clock), QueuedTicks);
        lock (_gate) _sessions.Add(new SessionCursor(record));
        return record;
    }

    /// <summary>Waits until everything that was told before has been written, or could not be. Never long.</summary>
    public async Task FlushAsync()
    {
        if (!IsOn) return;
        var flushed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate) _flushes.Add(flushed);
        _wake.Set();
        await Task.WhenAny(flushed.Task, Task.Delay(FlushPatience, _clock));
    }

    /// <summary>Whether all is well.</summary>
    public Wire.RecordsHealth Health()
    {
        lock (_gate)
        {
            return new Wire.RecordsHealth
            {
                State = !IsOn ? Wire.RecordsState.Off : _fault.Length == 0 ? Wire.RecordsState.Recording : Wire.RecordsState.Failing,
                Fault = _fault,
                TicksWritten = (ulong)_written,
                Lost = (ulong)Lost(),
                Bytes = (ulong)_bytes,
            };
        }
    }

    /// <summary>Writes what is left and ends the thread.</summary>
    public void Dispose()
    {
        if (_isEnding) return;
        _isEnding = true;
        _wake.Set();
        _thread?.Join();
        _wake.Dispose();
    }

    private void Run()
    {
        while (!_isEnding)
        {
            _wake.WaitOne(Period);
            Round();
        }
        // Whatever came between the last look and the end.
        Round();
        Close();
    }

    private void Round()
    {
        TaskCompletionSource[] waiting;
        lock (_gate) waiting = [.. _flushes];
        // A broken file that was set aside makes room for a new one at once.
        if ((_fault.Length == 0 || _isEnding || _clock.GetElapsedTime(_triedAt) >= RetryPause) && Try() == Outcome.SetAside) Try();
        lock (_gate) _flushes.RemoveRange(0, waiting.Length);
        foreach (var flush in waiting) flush.SetResult();
    }

    private Outcome Try()
    {
        _triedAt = _clock.GetTimestamp();
        try
        {
            if (_database is null) Open();
            WriteNews();
            Trim();
            Recovered();
            return Outcome.Written;
        }
        catch (Exception error)
        {
            // Whatever it is, it must not end the process that drives arms.
            return Failed(error);
        }
    }

    private void Open()
    {
        if (Path.GetDirectoryName(Path.GetFullPath(_options.File!)) is { } folder) Directory.CreateDirectory(folder);
        _database = _open(_options.File!);
        _trim = new RecordTrim(_options, _database);
    }

    private void WriteNews()
    {
        SessionCursor[] news;
        lock (_gate) news = [.. _sessions.Where(session => session.HasNews)];
        if (news.Length == 0) return;
        var wall = new WallClock(_clock);
        try
        {
            _database!.Write(() =>
            {
                foreach (var session in news) session.Write(_database, wall);
            });
        }
        catch
        {
            foreach (var session in news) session.RolledBack();
            throw;
        }
        lock (_gate)
        {
            foreach (var session in news) _written += session.Committed();
            Forget(session => session.IsDone);
        }
    }

    private void Trim()
    {
        if (!_isTrimming && _clock.GetElapsedTime(_trimmedAt) < TrimPause && _trimmedAt != 0) return;
        _trimmedAt = _clock.GetTimestamp();
        _isTrimming = _trim!.Step(WallClock.Of(_clock.GetUtcNow()));
        lock (_gate) _bytes = _database!.Bytes;
    }

    private Outcome Failed(Exception error)
    {
        var isFirst = _fault.Length == 0;
        lock (_gate)
        {
            _fault = $"{_options.File}: {error.Message}";
            foreach (var session in _sessions) session.RolledBack();
        }
        Close();
        if (!IsOfTheDisk(error)) GiveUpWhatWaits();
        GiveUpTheOldest();
        var setAside = IsBroken(error) ? SetAside() : null;
        if (isFirst) _log.Failed(_options.File!, setAside, error);
        return setAside is null ? Outcome.Failed : Outcome.SetAside;
    }

    // What could not be written for a reason of its own would not be written the next time either.
    private void GiveUpWhatWaits()
    {
        lock (_gate) _lostBefore += _sessions.Sum(session => session.GiveUp());
    }

    private void Recovered()
    {
        if (_fault.Length == 0) return;
        lock (_gate)
        {
            _fault = "";
            _log.Recovered(_options.File!, Lost());
        }
    }

    // A file that is no database of ours will never be one: it is kept for whoever wants to look at it, and another one is begun.
    private string? SetAside()
    {
        var (file, index) = (_options.File!, 1);
        while (File.Exists($"{file}.broken-{index}")) index++;
        try
        {
            File.Move(file, $"{file}.broken-{index}");
            foreach (var companion in new[] { "-wal", "-shm" })
                if (File.Exists(file + companion)) File.Move(file + companion, $"{file}.broken-{index}{companion}");
            return $"{file}.broken-{index}";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void Close()
    {
        (var database, _database, _trim) = (_database, null, null);
        try
        {
            database?.Dispose();
        }
        catch (SqliteException)
        {
            // What could not be written is still in the rings.
        }
    }

    private void GiveUpTheOldest()
    {
        lock (_gate)
        {
            var closed = _sessions.Where(session => session.Record.Closed is not null).ToArray();
            foreach (var session in closed.Take(Math.Max(0, closed.Length - MostUnwritten)))
            {
                _lostBefore += session.GiveUp();
                Forget(candidate => candidate == session);
            }
        }
    }

    // With the gate held.
    private void Forget(Predicate<SessionCursor> isForgotten)
    {
        _lostBefore += _sessions.Where(session => isForgotten(session)).Sum(session => session.Record.Lost);
        _sessions.RemoveAll(isForgotten);
    }

    // With the gate held.
    private long Lost() => _lostBefore + _sessions.Sum(session => session.Record.Lost);

    private static bool IsBroken(Exception error)
    {
        const int Corrupt = 11;
        const int Format = 24;
        const int NoDatabase = 26;
        return error is RecordFormatException or SqliteException { SqliteErrorCode: Corrupt or Format or NoDatabase };
    }

    private static bool IsOfTheDisk(Exception error)
    {
        const int Error = 1;
        const int Constraint = 19;
        const int Mismatch = 20;
        const int Misuse = 21;
        return error is RecordFormatException or IOException or UnauthorizedAccessException
            or SqliteException { SqliteErrorCode: not (Error or Constraint or Mismatch or Misuse) };
    }

    private enum Outcome
    {
        Written,
        Failed,
        SetAside,
    }
}
