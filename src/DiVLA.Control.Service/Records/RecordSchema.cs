using Google.Protobuf.Reflection;
using Microsoft.Data.Sqlite;

namespace DiVLA.Control.Service.Records;

/// <summary>Tables of the database. Instants are us since 1970-01-01T00:00:00Z, enums have the numbers of the protos, joints are little-endian doubles.</summary>
internal static class RecordSchema
{
    private const long Version = 1;

    private const string Tables =
        """
        CREATE TABLE sessions (
          key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, robot TEXT NOT NULL, embodiment TEXT NOT NULL, bundle TEXT NOT NULL,
          joint_names TEXT NOT NULL, opened_us INTEGER NOT NULL, closed_us INTEGER, closed_by INTEGER);
        CREATE INDEX sessions_by_robot ON sessions (robot, opened_us);

        -- A row is a phrase, or what somebody did about a pin.
        CREATE TABLE history (
          entry INTEGER PRIMARY KEY AUTOINCREMENT, session INTEGER NOT NULL, at_us INTEGER NOT NULL, tick INTEGER NOT NULL,
          phrase INTEGER, text TEXT, instruction TEXT, observation INTEGER, since_ns INTEGER,
          freshness INTEGER, ticks INTEGER NOT NULL DEFAULT 0, verified_ticks INTEGER NOT NULL DEFAULT 0,
          first_tick INTEGER, last_tick INTEGER, last_us INTEGER,
          pin_action INTEGER, who TEXT, why TEXT, refusal INTEGER, pin BLOB);
        CREATE UNIQUE INDEX history_by_phrase ON history (session, phrase) WHERE phrase IS NOT NULL;
        CREATE INDEX history_by_session ON history (session, entry);
        CREATE INDEX history_by_time ON history (at_us);

        CREATE TABLE ticks (
          session INTEGER NOT NULL, tick INTEGER NOT NULL, due_us INTEGER NOT NULL, state INTEGER NOT NULL, reason INTEGER NOT NULL,
          phrase INTEGER NOT NULL, freshness INTEGER NOT NULL, observation INTEGER NOT NULL, observed_us INTEGER,
          limited INTEGER NOT NULL, gripper_m REAL NOT NULL, joints_rad BLOB NOT NULL,
          PRIMARY KEY (session, tick)) WITHOUT ROWID;
        CREATE INDEX ticks_by_observation ON ticks (session, observation) WHERE observation > 0;
        """;

    /// <summary>Makes the tables where the file is new.</summary>
    /// <exception cref="RecordFormatException">The file is a database of something else, or of another version of the service.</exception>
    /// <exception cref="SqliteException">It cannot be read or written, or is none.</exception>
    public static void Prepare(SqliteConnection connection)
    {
        var version = Number(connection, "PRAGMA user_version");
        if (version != Version && (version != 0 || Number(connection, "SELECT count(*) FROM sqlite_schema") > 0))
            throw new RecordFormatException($"the file is a database of version {version}, expected {Version}");
        if (version == 0) Run(connection, "PRAGMA auto_vacuum = INCREMENTAL");
        // A commit is then one write at the end of the log, which survives the process at once. Only the loss of power may cost the last few.
        Run(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 16777216");
        if (version == 0) Create(connection);
    }

    private static void Create(SqliteConnection connection)
    {
        // All of it or nothing: a process that is lost in between leaves an empty database, which the next one fills.
        Run(connection, $"BEGIN IMMEDIATE; {Tables} {View()}; PRAGMA user_version = {Version}; COMMIT");
    }

    // The join in words, for people with a SQL prompt.
    private static string View() =>
        $"""
        CREATE VIEW steering AS SELECT
          sessions.robot, sessions.id AS session, ticks.tick, datetime(ticks.due_us / 1e6, 'unixepoch', 'subsec') AS due,
          {Words("ticks.state", Wire.TypesReflection.Descriptor, "LadderState")} AS state,
          {Words("ticks.reason", Wire.TypesReflection.Descriptor, "LadderReason")} AS reason,
          {Words("ticks.freshness", Wire.TypesReflection.Descriptor, "PhraseFreshness")} AS freshness,
          ticks.phrase, history.text, history.instruction, ticks.observation, ticks.limited, ticks.gripper_m
        FROM ticks JOIN sessions ON sessions.key = ticks.session
        LEFT JOIN history ON history.session = ticks.session AND history.phrase = ticks.phrase
        """;

    private static string Words(string column, FileDescriptor file, string type)
    {
        var values = file.EnumTypes.Single(candidate => candidate.Name == type).Values;
        return $"CASE {column} {string.Join(' ', values.Select(value => $"WHEN {value.Number} THEN '{WireJson.Word(value)}'"))} END";
    }

    private static long Number(SqliteConnection connection, string sql)
    {
        using var command = new SqliteCommand(sql, connection);
        return (long)command.ExecuteScalar()!;
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = new SqliteCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}

/// <summary>The file is a whole database, but not one of ours.</summary>
internal sealed class RecordFormatException(string message) : Exception(message);
