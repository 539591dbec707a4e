using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace DiVLA.Control.Service.Records;

/// <summary>Rows as messages.</summary>
internal static class RecordRows
{
    public static Wire.ReasoningEntry Entry(SqliteDataReader row)
    {
        var entry = new Wire.ReasoningEntry
        {
            Entry = (ulong)row.Number("entry"),
            SessionId = row.Text("session_id"),
            RobotId = row.Text("robot"),
            Time = WallClock.ToWire(row.Number("at_us")),
            Tick = (ulong)row.Number("tick"),
        };
        if (row.Has("phrase")) entry.Phrase = PhraseRecord(row);
        else entry.Pin = PinRecord(row);
        return entry;
    }

    public static Wire.SteeredAction Action(RecordedSession session, SqliteDataReader row)
    {
        var action = new Wire.SteeredAction
        {
            SessionId = session.Id,
            RobotId = session.Robot,
            Tick = (ulong)row.Number("action_tick"),
            Time = WallClock.ToWire(row.Number("due_us")),
            State = (Wire.LadderState)row.Number("state"),
            Reason = (Wire.LadderReason)row.Number("reason"),
            Phrase = row.Has("phrase") ? Phrase(row) : null,
            ObservationSequence = (ulong)row.Number("action_observation"),
            GripperWidthM = (double)row["gripper_m"],
            Limited = row.Number("limited") != 0,
        };
        action.JointNames.AddRange(session.JointNames);
        action.JointPositionsRad.AddRange(MemoryMarshal.Cast<byte, double>((byte[])row["joints_rad"]).ToArray());
        if (row.Has("observed_us"))
        {
            action.ObservedTime = WallClock.ToWire(row.Number("observed_us"));
            action.ObservationAgeMs = (row.Number("due_us") - row.Number("observed_us")) / 1e3;
        }
        return action;
    }

    public static Wire.LadderRun LadderRun(SqliteDataReader row) => new()
    {
        State = (Wire.LadderState)row.Number("state"),
        Reason = (Wire.LadderReason)row.Number("reason"),
        FirstTick = (ulong)row.Number("first_tick"),
        LastTick = (ulong)row.Number("last_tick"),
        FirstTime = WallClock.ToWire(row.Number("first_us")),
    };

    /// <summary>A whole number; 0 where there is none.</summary>
    public static long Number(this SqliteDataReader row, string column) => row[column] is long number ? number : 0;

    public static string Text(this SqliteDataReader row, string column) => (string)row[column];

    public static bool Has(this SqliteDataReader row, string column) => row[column] is not DBNull;

    private static Wire.PhraseRecord PhraseRecord(SqliteDataReader row) => new()
    {
        Phrase = Phrase(row),
        Ticks = (ulong)row.Number("ticks"),
        VerifiedTicks = (ulong)row.Number("verified_ticks"),
        FirstTick = (ulong)row.Number("first_tick"),
        LastTick = (ulong)row.Number("last_tick"),
        LastTime = row.Has("last_us") ? WallClock.ToWire(row.Number("last_us")) : null,
    };

    private static Wire.Phrase Phrase(SqliteDataReader row) => new()
    {
        PhraseId = (ulong)row.Number("phrase"),
        Text = row.Text("text"),
        Instruction = row.Text("instruction"),
        ObservationSequence = (ulong)row.Number("observation"),
        SinceNs = row.Number("since_ns"),
        SinceTick = (ulong)row.Number(row.Has("first_tick") ? "first_tick" : "tick"),
        Freshness = (Wire.PhraseFreshness)row.Number("freshness"),
        Pin = Pin(row),
    };

    private static Wire.PinRecord PinRecord(SqliteDataReader row) => new()
    {
        Action = (Wire.PinAction)row.Number("pin_action"),
        Who = row.Text("who"),
        Why = row.Text("why"),
        Refusal = (Wire.PinRefusal)row.Number("refusal"),
        Pin = Pin(row),
    };

    private static Wire.PhrasePin? Pin(SqliteDataReader row) => row.Has("pin") ? Wire.PhrasePin.Parser.ParseFrom((byte[])row["pin"]) : null;
}
