using System.Runtime.CompilerServices;

namespace DiVLA.Control.RealTime;

/// <summary>Counts what the loop does. The loop writes without waiting; any thread reads a consistent picture.</summary>
internal sealed class LoopStatistics(int warmUpTicks)
{
    private const long LateNs = 1_000_000;
    private readonly LatencyHistogram _lateness = new();
    private SequenceGuard _guard;
    private Counts _counts;
    private long _allocatedBefore;

    /// <summary>Records one served tick. Called by the loop thread after the command was posted.</summary>
    public void RecordFromLoop(in TickRecord record, long ticksDue, long missed)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        _guard.BeginWrite();
        _counts.TicksDue = ticksDue;
        _counts.Missed = missed;
        _counts.LongestMissedRun = Math.Max(_counts.LongestMissedRun, record.Skipped);
        _counts.Sent++;
        _counts.ByState[(int)record.Command.State]++;
        if (record.PostLatenessNs > LateNs) _counts.Late++;
        if (record.Command.Limited != LimiterRules.None) _counts.Limited++;
        if (_counts.Sent > warmUpTicks)
        {
            _counts.AfterWarmUp++;
            _counts.BytesAllocated += allocated - _allocatedBefore;
        }
        _lateness.RecordFromWriter(record.PostLatenessNs);
        _guard.EndWrite();
        _allocatedBefore = allocated;
    }

    /// <summary>Copies everything as of one instant between two ticks. Reads again where a tick came in between.</summary>
    public LoopStatisticsSnapshot Snapshot()
    {
        var wait = new SpinWait();
        while (true)
        {
            if (_guard.TryBeginRead(out var version))
            {
                var counts = _counts;
                var lateness = _lateness.Read();
                if (_guard.EndRead(version)) return ToSnapshot(counts, lateness);
            }
            wait.SpinOnce();
        }
    }

    private static LoopStatisticsSnapshot ToSnapshot(in Counts counts, in LatencyPercentiles lateness) => new()
    {
        TicksDue = counts.TicksDue,
        CommandsSent = counts.Sent,
        Missed = counts.Missed,
        LongestMissedRun = counts.LongestMissedRun,
        LateOver1Ms = counts.Late,
        Fresh = counts.ByState[(int)LadderState.Fresh],
        Reused = counts.ByState[(int)LadderState.Reused],
        Hold = counts.ByState[(int)LadderState.Hold],
        Stopped = counts.ByState[(int)LadderState.Stopped],
        Limited = counts.Limited,
        TicksAfterWarmUp = counts.AfterWarmUp,
        BytesAllocated = counts.BytesAllocated,
        Lateness = lateness,
    };

    private struct Counts
    {
        public long TicksDue;
        public long Sent;
        public long Missed;
        public long LongestMissedRun;
        public long Late;
        public long Limited;
        public long AfterWarmUp;
        public long BytesAllocated;
        public CountByState ByState;
    }

    [InlineArray(4)]
    private struct CountByState
    {
        private long _first;
    }
}
