using DiVLA.Control.Protocol.V1;
using Grpc.Health.V1;

namespace DiVLA.Control.Cli.Health;

/// <summary>A service's health in words, a line each.</summary>
internal static class HealthWords
{
    public static IEnumerable<string> Of(Uri server, HealthCheckResponse.Types.ServingStatus status, GetHealthResponse? health)
    {
        yield return health is null ? $"{server}: {status}" : $"{server}: {status}, {health.Sessions} session(s), bundle {health.BundleRevision}";
        if (health is null) yield break;
        if (health.AllStopped) yield return "ALL ROBOTS ARE STOPPED, also those that connect; 'divla reset --all' lets them move again.";
        if (health.StoppedRobotIds.Count > 0) yield return $"Stopped one by one: {string.Join(", ", health.StoppedRobotIds)}";
        yield return Words(health.Records);
        if (health.Audit.Lost > 0) yield return $"Audit log: {health.Audit.Lost} lines lost{(health.Audit.Fault.Length > 0 ? $"; {health.Audit.Fault}" : "")}";
        if (health.LogLinesDropped > 0) yield return $"Log: {health.LogLinesDropped} lines lost";
    }

    private static string Words(RecordsHealth records)
    {
        var lost = records.Lost > 0 ? $", {records.Lost} lost" : "";
        return records.State switch
        {
            RecordsState.Off => "Records: off",
            RecordsState.Failing => $"Records: FAILING{lost}; {records.Fault}",
            _ => FormattableString.Invariant($"Records: {records.TicksWritten} ticks written{lost}, {records.Bytes / 1048576.0:0.0} MiB"),
        };
    }
}
