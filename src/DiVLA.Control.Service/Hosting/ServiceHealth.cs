using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Service.Audit;
using DiVLA.Control.Service.Identity;
using DiVLA.Control.Service.Records;
using DiVLA.Control.Service.Sessions;

namespace DiVLA.Control.Service;

/// <summary>What an operator should know of the service as a whole.</summary>
internal sealed class ServiceHealth(
    SessionRegistry registry, EmergencyStops stops, ReasoningRecorder recorder, AuditLog audit, LogBacklog log, PolicyBundle bundle)
{
    /// <summary>As of now; only some robots are named.</summary>
    public Wire.GetHealthResponse Read(RobotScope robots) => new()
    {
        LetsRobotsIn = !registry.IsShuttingDown,
        AllStopped = stops.AllStopped,
        StoppedRobotIds = { stops.StoppedRobots.Where(robots.Covers) },
        Sessions = (uint)registry.Sessions.Count(session => robots.Covers(session.RobotId)),
        BundleRevision = bundle.Manifest.Revision,
        Records = recorder.Health(),
        Audit = audit.Health(),
        LogLinesDropped = (ulong)log.Dropped,
    };
}
