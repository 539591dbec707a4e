using Google.Protobuf;
using Microsoft.Data.Sqlite;

namespace DiVLA.Control.Service.Records;

/// <summary>The database as its one writer sees it. Used by one thread.</summary>
internal sealed class RecordDatabase : IDisposable
{
    // A checkpoint or another process may hold the file for a moment.
    private const int BusySeconds = 1;

    private readonly SqliteConnection _connection;
    private readonly List<Statement> _statements = [];
    private readonly Statement _addSession;
    private readonly Statement _findSession;
    private readonly Statement _closeSession;
    private readonly Statement _addPhrase;
    private readonly Statement _addSteered;
    private readonly Statement _addPin;
    private readonly Statement _addTick;
    private readonly Statement _pages;
    private readonly Statement _freePages;

    private RecordDatabase(SqliteConnection connection)
    {
        _connection = connection;
        PageBytes = Prepare("PRAGMA page_size").Number() ?? 0;
        _pages = Prepare("PRAGMA page_count");
        _freePages = Prepare("PRAGMA freelist_count");
        _addSession = Prepare(
            "INSERT INTO sessions (id, robot, embodiment, bundle, joint_names, opened_us) VALUES (@0, @1, @2, @3, @4, @5) ON CONFLICT DO NOTHING");
        _findSession = Prepare("SELECT key FROM sessions WHERE id = @0");
        _closeSession = Prepare("UPDATE sessions SET closed_us = @1, closed_by = @2 WHERE key = @0");
        _addPhrase = Prepare(
            """
            INSERT INTO history (session, at_us, tick, phrase, text, instruction, observation, since_ns, who, why, pin)
            VALUES (@0, @1, @2, @3, @4, @5, @6, @7, @8, @9, @10) ON CONFLICT DO NOTHING
            """);
        _addSteered = Prepare(
            """
            UPDATE history SET first_tick = coalesce(first_tick, @2), last_tick = @3, last_us = @4, freshness = @5,
              ticks = ticks + @6, verified_ticks = verified_ticks + @7 WHERE session = @0 AND phrase = @1
            """);
        _addPin = Prepare("INSERT INTO history (session, at_us, tick, pin_action, who, why, refusal, pin) VALUES (@0, @1, @2, @3, @4, @5, @6, @7)");
        _addTick = Prepare("INSERT INTO ticks VALUES (@0, @1, @2, @3, @4, @5, @6, @7, @8, @9, @10, @11) ON CONFLICT DO NOTHING");
    }

    /// <summary>Unit: bytes.</summary>
    public long PageBytes { get; }

    /// <summary>What the database holds; the file may be larger by what was deleted. Unit: bytes.</summary>
    public long Bytes => ((_pages.Number() ?? 0) - (_freePages.Number() ?? 0)) * PageBytes;

    /// <summary>Opens the database, making it where it is not there.</summary>
    /// <exception cref="SqliteException">It cannot be written, or is none.</exception>
    /// <exception cref="RecordFormatException">It is a database of something else.</exception>
    public static RecordDatabase Open(string file)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = SqliteOpenMode.ReadWriteCreate,
            DefaultTimeout = BusySeconds,
            Pooling = false,
        }.ToString());
        try
        {
            connection.Open();
            RecordSchema.Prepare(connection);
            return new RecordDatabase(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A statement that lives as long as the database is open.</summary>
    public Statement Prepare(string sql)
    {
        var statement = new Statement(_connection, sql);
        _statements.Add(statement);
        return statement;
    }

    /// <summary>Writes all of it or nothing.</summary>
    public void Write(Action work)
    {
        // Immediate: a lock that another process has is found out before anything is written.
        using var begin = new SqliteCommand("BEGIN IMMEDIATE", _connection);
        begin.ExecuteNonQuery();
        try
        {
            work();
            using var commit = new SqliteCommand("COMMIT", _connection);
            commit.ExecuteNonQuery();
        }
        catch
        {
            TryRollBack();
            throw;
        }
    }

    /// <returns>The key that the session has in every other table.</returns>
    public long AddSession(SessionFacts facts, long openedUs)
    {
        _addSession.Run(facts.Id, facts.Robot, facts.Embodiment, facts.Bundle, string.Join('\n', facts.JointNames), openedUs);
        return _findSession.Number(facts.Id)!.Value;
    }

    public void CloseSession(long session, long closedUs, Wire.SessionEnd end) => _closeSession.Run(session, closedUs, (long)end);

    /// <summary>Adds a phrase, unless it is there.</summary>
    public void AddPhrase(long session, long atUs, long tick, Wire.Phrase phrase) => _addPhrase.Run(
        session, atUs, tick, (long)phrase.PhraseId, phrase.Text, phrase.Instruction, (long)phrase.ObservationSequence, phrase.SinceNs,
        phrase.Pin?.Who, phrase.Pin?.Why, Serialized(phrase.Pin));

    /// <summary>Adds ticks to those that a phrase steered.</summary>
    public void AddSteered(long session, in SteeredRun run) => _addSteered.Run(
        session, run.Phrase, run.FirstTick, run.LastTick, run.LastUs, (long)run.Freshness, run.Ticks, run.Verified);

    public void AddPin(long session, long atUs, long tick, Wire.PinRecord pin) => _addPin.Run(
        session, atUs, tick, (long)pin.Action, pin.Who, pin.Why, (long)pin.Refusal, Serialized(pin.Pin));

    public void AddTick(long session, in StoredTick tick) => _addTick.Run(
        session, tick.Tick, tick.DueUs, (long)tick.State, (long)tick.Reason, tick.Phrase, (long)tick.Freshness, tick.Observation,
        tick.Observation > 0 ? tick.ObservedUs : null, tick.Limited ? 1L : 0L, tick.GripperM, tick.JointsRad);

    public void Dispose()
    {
        foreach (var statement in _statements) statement.Dispose();
        _connection.Dispose();
    }

    private static byte[]? Serialized(Wire.PhrasePin? pin) => pin is null ? null : pin.ToByteArray();

    // The database rolls back by itself after some errors; then there is nothing left to roll back.
    private void TryRollBack()
    {
        try
        {
            using var rollback = new SqliteCommand("ROLLBACK", _connection);
            rollback.ExecuteNonQuery();
        }
        catch (SqliteException)
        {
            // The error that led here is the one to tell of.
        }
    }
}

/// <summary>Ticks in a row that one phrase steered.</summary>
internal record struct SteeredRun(long Phrase, long FirstTick)
{
    public long LastTick { get; set; }

    public long LastUs { get; set; }

    public long Ticks { get; set; }

    public long Verified { get; set; }

    public Wire.PhraseFreshness Freshness { get; set; }
}

/// <summary>A row of the table of ticks.</summary>
internal readonly record struct StoredTick
{
    public required long Tick { get; init; }

    public required long DueUs { get; init; }

    public required Wire.LadderState State { get; init; }

    public required Wire.LadderReason Reason { get; init; }

    /// <summary>0: none.</summary>
    public required long Phrase { get; init; }

    public required Wire.PhraseFreshness Freshness { get; init; }

    /// <summary>0: none.</summary>
    public required long Observation { get; init; }

    public required long ObservedUs { get; init; }

    public required bool Limited { get; init; }

    public required double GripperM { get; init; }

    /// <summary>Doubles, little-endian, base first.</summary>
    public required byte[] JointsRad { get; init; }
}
