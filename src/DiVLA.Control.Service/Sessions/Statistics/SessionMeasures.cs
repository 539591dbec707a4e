using DiVLA.Control.Policy;
using DiVLA.Control.RealTime;
using DiVLA.Control.Service.Telemetry;

namespace DiVLA.Control.Service.Sessions;

/// <summary>Everything that is measured in one session, and one picture of it.</summary>
internal sealed class SessionMeasures(
    RealTimeOptions options, DiffusionVlaPolicy policy, DeadlineLoop loop, CommandRing ring, ObservationMailbox mailbox, ClockOffset clockOffset)
{
    public ObservationStatistics Observations { get; } = new();

    public InferenceStatistics Inferences { get; } = new(options.WarmUpTicks);

    public CommandStatistics Commands { get; } = new();

    /// <summary>Every step from frame to command, in the order of the path, then what runs beside it.</summary>
    public IEnumerable<(string Stage, LatencyHistogram Latency)> Stages() => Inferences.Stages().Concat(Commands.Stages());

    /// <summary>The picture as of now. Any thread.</summary>
    /// <param name="isOver">True where loop and egress have ended: no command is under way any more.</param>
    public Wire.SessionStatistics Read(bool isOver)
    {
        // Against the current: a command that is counted here was counted there before.
        var counts = Commands.Read();
        var dropped = ring.Dropped;
        var loopStatistics = loop.Statistics();
        var ticks = TickAccount.Of(loopStatistics, dropped, counts, mostUnderWay: isOver ? 0 : ring.Capacity + 1);
        var seconds = loopStatistics.ElapsedNs / 1e9;
        var clock = clockOffset.Best ?? default;
        var statistics = new Wire.SessionStatistics
        {
            Seconds = seconds,
            TicksDue = (ulong)ticks.Due,
            CommandsSent = (ulong)ticks.Sent,
            Missed = (ulong)ticks.Missed,
            LongestMissedRun = (ulong)ticks.LongestMissedRun,
            LateOver1Ms = (ulong)counts.LateOver1Ms,
            Lateness = WireLatency.ToWire(Commands.Lateness.Read()),
            LoopLateness = WireLatency.ToWire(loopStatistics.Lateness),
            Fresh = (ulong)counts.Fresh,
            Reused = (ulong)counts.Reused,
            Hold = (ulong)counts.Hold,
            Stopped = (ulong)counts.Stopped,
            CommandHz = counts.RateHz(silentSince: ticks.Due - counts.NextTick, 1e9 / options.ControlRateHz),
            InferenceHz = PerSecond(Inferences.Inferences, seconds),
            ReasoningHz = PerSecond(counts.FullCycles, seconds),
            ReasoningShare = ticks.Due == 0 ? 0 : (double)counts.FullCycles / ticks.Due,
            Phrases = (ulong)(policy.CurrentPhrase?.Id ?? 0),
            ObservationsReceived = (ulong)Observations.Received,
            ObservationsSuperseded = (ulong)mailbox.Superseded,
            ObservationsRefused = (ulong)Observations.Refused,
            Inferences = (ulong)Inferences.Inferences,
            InferenceFaults = (ulong)Inferences.Faults,
            LimiterInterventions = (ulong)counts.Limited,
            LoopBytesAllocatedPerTick = loopStatistics.BytesAllocatedPerTick,
            PolicyBytesAllocatedPerTick = Inferences.BytesAllocatedPerInference,
            ClockOffsetNs = clock.OffsetNs,
            ClockRoundTripNs = clock.RoundTripNs,
        };
        statistics.Stages.AddRange(Stages().Select(stage => new Wire.StageLatency { Stage = stage.Stage, Latency = WireLatency.ToWire(stage.Latency.Read()) }));
        return statistics;
    }

    /// <summary>The counts alone, without the percentiles that make the picture dear. Any thread.</summary>
    /// <param name="isOver">As above.</param>
    public SessionCounts Counts(bool isOver)
    {
        var counts = Commands.Read();
        var ticks = TickAccount.Of(loop.Statistics(), ring.Dropped, counts, mostUnderWay: isOver ? 0 : ring.Capacity + 1);
        return new SessionCounts(
            ticks.Missed,
            counts.Limited,
            Observations.Received,
            mailbox.Superseded,
            Observations.Refused,
            Inferences.Inferences,
            Inferences.Faults,
            policy.CurrentPhrase?.Id ?? 0);
    }

    private static double PerSecond(long count, double seconds) => seconds == 0 ? 0 : count / seconds;
}
