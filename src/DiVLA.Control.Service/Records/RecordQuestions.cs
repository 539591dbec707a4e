using DiVLA.Control.Service.Identity;
using Microsoft.Data.Sqlite;

namespace DiVLA.Control.Service.Records;

/// <summary>What can be asked of the database about some robots. Of others there is no record, as far as it says.</summary>
internal sealed class RecordQuestions(SqliteConnection connection, RobotScope robots)
{
    private const string EntryColumns =
        """
        history.entry, sessions.id AS session_id, sessions.robot, history.at_us, history.tick, history.phrase, text, instruction, observation, since_ns,
        freshness, ticks, verified_ticks, first_tick, last_tick, last_us, pin_action, who, why, refusal, pin
        """;

    private const string ActionColumns =
        """
        ticks.tick AS action_tick, due_us, state, reason, ticks.observation AS action_observation, observed_us, limited, gripper_m, joints_rad,
        history.phrase, text, instruction, history.observation, since_ns, ticks.freshness, first_tick, history.tick, pin
        """;

    /// <summary>The session of that id, or the newest of that robot; for an empty name the newest of all. Null where there is none.</summary>
    public RecordedSession? Session(string name)
    {
        using var find = new Statement(
            connection,
            $"SELECT key, id, robot, joint_names FROM sessions WHERE (@0 = '' OR id = @0 OR robot = @0) AND {Covered} ORDER BY id = @0 DESC, opened_us DESC LIMIT 1");
        using var row = find.Read(name);
        return row.Read() ? new RecordedSession(row.Number("key"), row.Text("id"), row.Text("robot"), row.Text("joint_names").Split('\n')) : null;
    }

    /// <summary>Entries, newest first.</summary>
    public List<Wire.ReasoningEntry> History(in HistoryFilter filter)
    {
        using var select = new Statement(
            connection,
            $"""
            SELECT {EntryColumns} FROM history JOIN sessions ON sessions.key = history.session
            WHERE (@0 = '' OR history.session IN (SELECT key FROM sessions WHERE id = @0 OR robot = @0))
              AND {Covered} AND at_us >= @1 AND at_us < @2 AND entry < @3 ORDER BY entry DESC LIMIT @4
            """);
        using var row = select.Read(filter.Session, filter.FromUs, filter.UntilUs, filter.BeforeEntry, (long)filter.Limit);
        var entries = new List<Wire.ReasoningEntry>();
        while (row.Read()) entries.Add(RecordRows.Entry(row));
        return entries;
    }

    /// <summary>Actions in the order of their ticks.</summary>
    public List<Wire.SteeredAction> Actions(RecordedSession session, in ActionFilter filter)
    {
        using var select = new Statement(
            connection,
            $"""
            SELECT {ActionColumns} FROM ticks
            LEFT JOIN history ON history.session = ticks.session AND history.phrase = ticks.phrase
            WHERE ticks.session = @0 AND ticks.tick BETWEEN @1 AND @2
              {(filter.Phrase > 0 ? "AND ticks.phrase = @3" : "")} {(filter.Observation > 0 ? "AND ticks.observation = @4" : "")}
            ORDER BY ticks.tick LIMIT @5
            """);
        var (first, last) = filter.Phrase > 0 ? TicksOf(session, filter.Phrase) : (0, long.MaxValue);
        using var row = select.Read(
            session.Key, Math.Max(first, filter.FromTick), Math.Min(last, filter.ToTick), filter.Phrase, filter.Observation, (long)filter.Limit);
        var actions = new List<Wire.SteeredAction>();
        while (row.Read()) actions.Add(RecordRows.Action(session, row));
        return actions;
    }

    /// <summary>Runs of the newest ticks on the same rung for the same reason, in the order of the ticks.</summary>
    /// <param name="session">Which session.</param>
    /// <param name="ticks">How far to look back from the newest tick.</param>
    /// <param name="limit">Most runs; where there are more, the newest.</param>
    public List<Wire.LadderRun> Ladder(RecordedSession session, long ticks, int limit)
    {
        using var select = new Statement(
            connection,
            """
            WITH looked AS (
              SELECT tick, due_us, state, reason, tick - ROW_NUMBER() OVER (PARTITION BY state, reason ORDER BY tick) AS run
              FROM ticks WHERE session = @0 AND tick > (SELECT max(tick) FROM ticks WHERE session = @0) - @1)
            SELECT * FROM (
              SELECT state, reason, min(tick) AS first_tick, max(tick) AS last_tick, min(due_us) AS first_us
              FROM looked GROUP BY state, reason, run ORDER BY first_tick DESC LIMIT @2)
            ORDER BY first_tick
            """);
        using var row = select.Read(session.Key, ticks, (long)limit);
        var runs = new List<Wire.LadderRun>();
        while (row.Read()) runs.Add(RecordRows.LadderRun(row));
        return runs;
    }

    // Patterns are letters, digits, '-', '_', '.' and a '*' at the end, which GLOB reads as RobotScope does.
    private string Covered =>
        robots.Patterns.Count == 0 ? "0" : $"({string.Join(" OR ", robots.Patterns.Select(pattern => $"sessions.robot GLOB '{pattern}'"))})";

    // Narrows the search to a part of the table: a phrase steers ticks that are near to each other.
    private (long First, long Last) TicksOf(RecordedSession session, long phrase)
    {
        using var range = new Statement(connection, "SELECT first_tick, last_tick FROM history WHERE session = @0 AND phrase = @1 AND first_tick IS NOT NULL");
        using var row = range.Read(session.Key, phrase);
        return row.Read() ? (row.Number("first_tick"), row.Number("last_tick")) : (0, -1);
    }
}

/// <summary>A session in the database.</summary>
/// <param name="Key">In every other table.</param>
/// <param name="Id">Session id.</param>
/// <param name="Robot">Robot id.</param>
/// <param name="JointNames">Base first.</param>
internal sealed record RecordedSession(long Key, string Id, string Robot, IReadOnlyList<string> JointNames);

/// <summary>Which entries.</summary>
/// <param name="Session">A session id, or a robot id for all of its sessions; empty for all.</param>
/// <param name="FromUs">At or after. Wall clock. Unit: us.</param>
/// <param name="UntilUs">Before. Wall clock. Unit: us.</param>
/// <param name="BeforeEntry">Only entries before this one.</param>
/// <param name="Limit">Most entries.</param>
internal readonly record struct HistoryFilter(string Session, long FromUs, long UntilUs, long BeforeEntry, int Limit);

/// <summary>Which actions.</summary>
/// <param name="FromTick">This tick and later ones.</param>
/// <param name="ToTick">This tick and earlier ones.</param>
/// <param name="Phrase">Steered by it; 0 for any.</param>
/// <param name="Observation">Planned from it; 0 for any.</param>
/// <param name="Limit">Most actions.</param>
internal readonly record struct ActionFilter(long FromTick, long ToTick, long Phrase, long Observation, int Limit);
