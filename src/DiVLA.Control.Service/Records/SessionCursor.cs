using System.Runtime.InteropServices;
using DiVLA.Control.Policy.Reasoning;
using DiVLA.Control.RealTime;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Service.Records;

/// <summary>How far one session has been written. Used by the writer.</summary>
internal sealed class SessionCursor(SessionRecord record)
{
    private long _key;
    private ReasoningPhrase? _lastPhrase;
    private int _ticks;
    private PinEvent[] _pins = [];
    private bool _closes;

    public SessionRecord Record => record;

    /// <summary>True where everything is written and nothing will follow.</summary>
    public bool IsDone { get; private set; }

    /// <summary>True where there is something to write.</summary>
    public bool HasNews => !IsDone && (_key == 0 || record.Waiting > 0 || record.Closed is not null);

    /// <summary>Writes what is there. Within a transaction: <see cref="Committed"/> or <see cref="RolledBack"/> follows.</summary>
    public void Write(RecordDatabase database, in WallClock wall)
    {
        // Closing is looked at first: what was said before it is there by then.
        _closes = record.Closed is not null;
        _ticks = record.Ticks.Count;
        _pins = [.. record.Pins];
        if (_key == 0) _key = database.AddSession(record.Facts, wall.At(record.OpenedAt));
        WriteTicks(database, wall);
        foreach (var pin in _pins) database.AddPin(_key, wall.At(pin.At), pin.Tick, pin.Record);
        if (_closes) database.CloseSession(_key, wall.At(record.Closed!.At), record.Closed.End);
    }

    /// <summary>What was written may be forgotten.</summary>
    /// <returns>Ticks that were written.</returns>
    public int Committed()
    {
        record.Ticks.ReleaseFromWriter(_ticks);
        foreach (var _ in _pins) record.Pins.TryDequeue(out var _);
        IsDone = _closes;
        return _ticks;
    }

    /// <summary>Nothing was written, or to a database that is there no more: everything is told again.</summary>
    public void RolledBack() => (_key, _lastPhrase) = (0, null);

    /// <summary>Gives up what cannot be written.</summary>
    /// <returns>How much that was.</returns>
    public int GiveUp()
    {
        var lost = record.Waiting;
        record.Ticks.ReleaseFromWriter(record.Ticks.Count);
        record.Pins.Clear();
        return lost;
    }

    private void WriteTicks(RecordDatabase database, in WallClock wall)
    {
        SteeredRun run = default;
        for (var index = 0; index < _ticks; index++)
        {
            ref readonly var tick = ref record.Ticks.PeekFromWriter(index);
            var dueUs = wall.At(tick.Command.Due);
            WritePhrase(database, tick.Said, tick.Command, dueUs);
            WritePhrase(database, tick.Steering, tick.Command, dueUs);
            var stored = Store(tick.Command, dueUs);
            database.AddTick(_key, stored);
            Follow(database, ref run, stored);
        }
        if (run.Ticks > 0) database.AddSteered(_key, run);
    }

    private void WritePhrase(RecordDatabase database, ReasoningPhrase? phrase, in TickCommand command, long dueUs)
    {
        if (phrase is null || ReferenceEquals(phrase, _lastPhrase)) return;
        _lastPhrase = phrase;
        database.AddPhrase(_key, dueUs, command.TickIndex, WirePhrase.Of(phrase, command));
    }

    private void Follow(RecordDatabase database, ref SteeredRun run, in StoredTick tick)
    {
        if (run.Ticks > 0 && run.Phrase != tick.Phrase)
        {
            database.AddSteered(_key, run);
            run = default;
        }
        if (tick.Phrase == 0) return;
        if (run.Ticks == 0) run = new SteeredRun(tick.Phrase, tick.Tick);
        run.LastTick = tick.Tick;
        run.LastUs = tick.DueUs;
        run.Freshness = tick.Freshness;
        run.Ticks++;
        if (tick.Freshness == Wire.PhraseFreshness.Verified) run.Verified++;
    }

    private static StoredTick Store(in TickCommand command, long dueUs) => new()
    {
        Tick = command.TickIndex,
        DueUs = dueUs,
        State = WireLadder.ToWire(command.State),
        Reason = WireLadder.ToWire(command.Reason),
        Phrase = command.PhraseId,
        Freshness = WireLadder.ToWire(command.PhraseState),
        Observation = command.ObservationId,
        ObservedUs = dueUs - command.TrajectoryAgeNs / 1000,
        Limited = command.Limited != LimiterRules.None,
        GripperM = command.Command.GripperWidth,
        JointsRad = Bytes(command.Command),
    };

    private static byte[] Bytes(in RobotCommand command) => MemoryMarshal.AsBytes(command.Joints.AsSpan()).ToArray();
}
