using DiVLA.Control.RealTime;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Service.Sessions;

/// <summary>What reached the transport, and when: counted where commands leave. One thread records and never waits; any thread reads.</summary>
internal sealed class CommandStatistics
{
    private const long LateNs = 1_000_000;
    private readonly LatencyHistogram _lateness = new();
    private readonly LatencyHistogram _waitForTick = new();
    private readonly LatencyHistogram _captureToTransport = new();
    private readonly LatencyHistogram _phrase = new();
    private readonly LatencyHistogram _token = new();
    private SequenceGuard _guard;
    private Counts _counts;

    /// <summary>What has been counted, as of one instant.</summary>
    public Counts Read()
    {
        var wait = new SpinWait();
        while (true)
        {
            if (_guard.TryBeginRead(out var version))
            {
                var counts = _counts;
                if (_guard.EndRead(version)) return counts;
            }
            wait.SpinOnce();
        }
    }

    /// <summary>From a tick's instant until its command was handed to the transport.</summary>
    public LatencyHistogram Lateness => _lateness;

    /// <summary>Records a command that is on its way.</summary>
    public void RecordSent(in TickCommand command, MonotonicTime handedOver)
    {
        var lateness = handedOver - command.Due;
        _lateness.RecordFromWriter(lateness);
        _guard.BeginWrite();
        CountGap(command);
        if (_counts.Sent++ == 0) _counts.FirstSent = handedOver;
        _counts.LastSent = handedOver;
        _counts.MissedRun = 0;
        if (lateness > LateNs) _counts.LateOver1Ms++;
        if (command.Limited != LimiterRules.None) _counts.Limited++;
        if (command is { State: LadderState.Fresh, PhraseState: PhraseState.Verified }) _counts.FullCycles++;
        CountState(command.State);
        _guard.EndWrite();
    }

    /// <summary>Records a command that the transport did not take any more.</summary>
    public void RecordUnsent(in TickCommand command)
    {
        _guard.BeginWrite();
        CountGap(command);
        _counts.Unsent++;
        _counts.MissedRun++;
        _counts.LongestMissedRun = Math.Max(_counts.LongestMissedRun, _counts.MissedRun);
        _guard.EndWrite();
    }

    /// <summary>Records the way of the followed trajectory.</summary>
    public void RecordTrace(in PlanTrace trace, in TickCommand command, MonotonicTime handedOver)
    {
        _waitForTick.RecordFromWriter(command.Due - trace.PublishedAt);
        _captureToTransport.RecordFromWriter(handedOver - trace.CapturedAt);
    }

    /// <summary>Records a new phrase.</summary>
    public void RecordPhrase(long decodeNs, int tokens)
    {
        _phrase.RecordFromWriter(decodeNs);
        if (tokens > 0) _token.RecordFromWriter(decodeNs / tokens);
    }

    /// <summary>The steps after inference in the order of the path, then what runs beside it.</summary>
    public IEnumerable<(string Stage, LatencyHistogram Latency)> Stages() =>
    [
        ("wait_for_tick", _waitForTick),
        ("tick_to_transport", _lateness),
        ("capture_to_transport", _captureToTransport),
        ("reasoning_token", _token),
        ("reasoning_phrase", _phrase),
    ];

    // Ticks between the last command and this one never got here: skipped by the loop, or dropped because the transport lagged.
    private void CountGap(in TickCommand command)
    {
        var skipped = command.TickIndex - _counts.NextTick;
        _counts.NextTick = command.TickIndex + 1;
        if (skipped == 0) return;
        _counts.MissedRun += skipped;
        _counts.LongestMissedRun = Math.Max(_counts.LongestMissedRun, _counts.MissedRun);
    }

    private void CountState(LadderState state)
    {
        switch (state)
        {
            case LadderState.Fresh: _counts.Fresh++; break;
            case LadderState.Reused: _counts.Reused++; break;
            case LadderState.Hold: _counts.Hold++; break;
            default: _counts.Stopped++; break;
        }
    }

    /// <summary>Counts of one session.</summary>
    internal record struct Counts
    {
        /// <summary>Commands a second: the intervals between them, of which there is one less, over the time that they took. 0 before the second command.</summary>
        /// <param name="silentSince">Ticks that were due after the last command: a loop that sends no more has a rate that falls.</param>
        /// <param name="periodNs">From tick to tick. Unit: ns.</param>
        public readonly double RateHz(long silentSince, double periodNs) =>
            Sent < 2 || LastSent == FirstSent ? 0 : (Sent - 1) * 1e9 / (LastSent - FirstSent + Math.Max(0, silentSince) * periodNs);

        public long NextTick;
        public long Sent;
        public MonotonicTime FirstSent;
        public MonotonicTime LastSent;
        public long Unsent;
        public long MissedRun;
        public long LongestMissedRun;
        public long LateOver1Ms;
        public long Limited;
        public long FullCycles;
        public long Fresh;
        public long Reused;
        public long Hold;
        public long Stopped;
    }
}
