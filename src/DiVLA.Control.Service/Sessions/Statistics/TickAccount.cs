using DiVLA.Control.RealTime;

namespace DiVLA.Control.Service.Sessions;

/// <summary>What became of every tick. Clock, loop, ring and egress each count what they see; that due = sent + missed is a check of them, not a definition.</summary>
/// <param name="Due">By the clock: ticks whose command has left or whose successor is due as well. A tick under way is not among them.</param>
/// <param name="Sent">Commands that the transport took.</param>
/// <param name="Missed">Ticks that the loop slept through, commands that the egress was too late for, and commands that the transport did not take.</param>
/// <param name="LongestMissedRun">Most ticks in a row without a command on the wire.</param>
internal readonly record struct TickAccount(long Due, long Sent, long Missed, long LongestMissedRun)
{
    /// <summary>Puts the counts together. Those nearer to the wire must have been read first.</summary>
    /// <param name="loop">The loop's own.</param>
    /// <param name="dropped">Commands that the ring has lost.</param>
    /// <param name="egress">The egress' own.</param>
    /// <param name="mostUnderWay">Most commands that can be between loop and transport; 0 where both have ended.</param>
    public static TickAccount Of(LoopStatisticsSnapshot loop, long dropped, in CommandStatistics.Counts egress, int mostUnderWay)
    {
        // Below 0 where a command has left before the loop wrote it down.
        var posted = loop.CommandsSent - dropped - egress.Sent - egress.Unsent;
        var underWay = mostUnderWay == 0 ? 0 : Math.Clamp(posted, -1, mostUnderWay);
        return new(
            loop.TicksDue + loop.Overdue - underWay,
            egress.Sent,
            loop.Missed + loop.Overdue + dropped + egress.Unsent,
            Math.Max(egress.LongestMissedRun, egress.MissedRun + loop.Overdue));
    }
}
