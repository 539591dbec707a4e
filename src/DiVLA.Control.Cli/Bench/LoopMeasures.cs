using DiVLA.Control.Protocol.V1;

namespace DiVLA.Control.Cli.Bench;

/// <summary>What a session over gRPC came to, by the service's own count.</summary>
/// <param name="Seconds">Unit: s.</param>
/// <param name="TicksDue">Commands that were due.</param>
/// <param name="CommandsSent">Commands that were sent.</param>
/// <param name="ActionsReceived">Commands that arrived at the robot.</param>
/// <param name="LatenessMs">From a tick's instant until its command was handed to the transport.</param>
/// <param name="Fresh">A whole pass from the newest observation was in time.</param>
/// <param name="Reused">An earlier trajectory was sampled.</param>
/// <param name="Hold">The arm held: there was no trajectory, or it was too old.</param>
/// <param name="Stopped">The session was stopped.</param>
/// <param name="InferenceHz">Head inferences a second.</param>
/// <param name="ReasoningHz">Full observe-reason-act cycles a second.</param>
/// <param name="StageMs">By stage, in the order of the path.</param>
/// <param name="Phrases">Phrases that arrived at the robot.</param>
/// <param name="Phrase">The last one.</param>
/// <param name="InferenceFaults">Inferences without a trajectory.</param>
internal sealed record LoopMeasures(
    double Seconds,
    ulong TicksDue,
    ulong CommandsSent,
    long ActionsReceived,
    BenchTimes LatenessMs,
    ulong Fresh,
    ulong Reused,
    ulong Hold,
    ulong Stopped,
    double InferenceHz,
    double ReasoningHz,
    IReadOnlyDictionary<string, BenchTimes> StageMs,
    int Phrases,
    string Phrase,
    ulong InferenceFaults)
{
    public static LoopMeasures Of(SessionStatistics statistics, BenchRobot robot) => new(
        statistics.Seconds,
        statistics.TicksDue,
        statistics.CommandsSent,
        robot.ActionsReceived,
        BenchTimes.Of(statistics.Lateness),
        statistics.Fresh,
        statistics.Reused,
        statistics.Hold,
        statistics.Stopped,
        statistics.InferenceHz,
        statistics.ReasoningHz,
        statistics.Stages.ToDictionary(stage => stage.Stage, stage => BenchTimes.Of(stage.Latency)),
        robot.PhrasesReceived,
        robot.LastPhrase,
        statistics.InferenceFaults);
}
