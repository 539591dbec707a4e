namespace DiVLA.Control.Service.Records;

/// <summary>Deletes what is too old, and the oldest where there is too much: a little at a time, so that the writer never falls behind for it.</summary>
internal sealed class RecordTrim
{
    // A chunk is about 40 ms of one slow core; the ticks that come meanwhile wait in their rings, which hold seconds.
    private const long TicksAtOnce = 5000;
    private const long EntriesAtOnce = 1000;
    private const long PagesAtOnce = 512;

    private readonly RecordOptions _options;
    private readonly RecordDatabase _database;
    private readonly Statement _oldestTick;
    private readonly Statement _boundary;
    private readonly Statement _dueAt;
    private readonly Statement _deleteTicks;
    private readonly Statement _oldestEntry;
    private readonly Statement _deleteEntries;
    private readonly Statement _deleteOldestEntries;
    private readonly Statement _deleteSessions;
    private readonly Statement _giveBack;

    public RecordTrim(RecordOptions options, RecordDatabase database)
    {
        (_options, _database) = (options, database);
        _oldestTick = database.Prepare(
            """
            SELECT key, due FROM (SELECT key, (SELECT due_us FROM ticks WHERE session = sessions.key ORDER BY tick LIMIT 1) AS due FROM sessions)
            WHERE due IS NOT NULL ORDER BY due LIMIT 1
            """);
        _boundary = database.Prepare("SELECT tick FROM ticks WHERE session = @0 ORDER BY tick LIMIT 1 OFFSET @1");
        _dueAt = database.Prepare("SELECT due_us FROM ticks WHERE session = @0 AND tick = @1");
        _deleteTicks = database.Prepare("DELETE FROM ticks WHERE session = @0 AND tick < @1 AND due_us < @2");
        _oldestEntry = database.Prepare("SELECT at_us FROM history ORDER BY at_us LIMIT 1");
        _deleteEntries = database.Prepare(
            "DELETE FROM history WHERE entry IN (SELECT entry FROM history WHERE at_us < @0 ORDER BY at_us LIMIT @1) AND coalesce(last_us, at_us) < @0");
        _deleteOldestEntries = database.Prepare("DELETE FROM history WHERE entry IN (SELECT entry FROM history ORDER BY at_us LIMIT @0)");
        _deleteSessions = database.Prepare(
            """
            DELETE FROM sessions WHERE opened_us < @0 AND coalesce(closed_us, opened_us) < @0
              AND NOT EXISTS (SELECT 1 FROM ticks WHERE session = key) AND NOT EXISTS (SELECT 1 FROM history WHERE session = key)
            """);
        _giveBack = database.Prepare($"PRAGMA incremental_vacuum({PagesAtOnce})");
    }

    /// <summary>Deletes a chunk where there is something to delete.</summary>
    /// <param name="nowUs">Wall clock. Unit: us.</param>
    /// <returns>False where nothing was left to do.</returns>
    public bool Step(long nowUs)
    {
        var tooOld = nowUs - _options.MaxAge.Ticks / 10;
        var changed = 0;
        _database.Write(() => changed = DeleteBefore(tooOld) + (_database.Bytes > _options.MaxBytes ? DeleteOldest() : 0));
        if (changed > 0) GiveBack();
        return changed > 0;
    }

    private int DeleteBefore(long cutUs)
    {
        var changed = 0;
        if (Oldest() is { } oldest && oldest.DueUs < cutUs) changed += _deleteTicks.Run(oldest.Session, Boundary(oldest.Session), cutUs);
        if (_oldestEntry.Number() < cutUs) changed += _deleteEntries.Run(cutUs, EntriesAtOnce);
        return changed + _deleteSessions.Run(cutUs);
    }

    // Ticks take the room: they go first, and with them the phrases and pins of that time.
    private int DeleteOldest()
    {
        if (Oldest() is not { } oldest) return _deleteOldestEntries.Run(EntriesAtOnce);
        var boundary = Boundary(oldest.Session);
        var cut = _dueAt.Number(oldest.Session, boundary) ?? oldest.DueUs;
        var changed = _deleteTicks.Run(oldest.Session, boundary, long.MaxValue);
        return changed + _deleteEntries.Run(cut, EntriesAtOnce);
    }

    private (long Session, long DueUs)? Oldest()
    {
        using var row = _oldestTick.Read();
        return row.Read() ? (row.GetInt64(0), row.GetInt64(1)) : null;
    }

    // The tick that a chunk ends before; past all of them where there are fewer.
    private long Boundary(long session) => _boundary.Number(session, TicksAtOnce) ?? long.MaxValue;

    private void GiveBack()
    {
        // Each row that it is asked for frees a page.
        using var pages = _giveBack.Read();
        while (pages.Read())
        {
            // To the last one.
        }
    }
}
