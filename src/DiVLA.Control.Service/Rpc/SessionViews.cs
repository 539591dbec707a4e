using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Service.Identity;
using DiVLA.Control.Service.Sessions;

namespace DiVLA.Control.Service.Rpc;

/// <summary>Sessions as operators see them, over gRPC and over JSON alike.</summary>
internal sealed class SessionViews(SessionRegistry registry, EmergencyStops stops, SessionAdmission admission, PolicyBundle bundle)
{
    /// <summary>All sessions of some robots, newest last.</summary>
    public Wire.ListSessionsResponse List(RobotScope robots, bool withStatistics)
    {
        var response = new Wire.ListSessionsResponse { AllStopped = stops.AllStopped, BundleRevision = bundle.Manifest.Revision };
        response.Sessions.AddRange(registry.Sessions.Where(session => robots.Covers(session.RobotId)).Select(session => Of(session, withStatistics)));
        response.StoppedRobotIds.AddRange(stops.StoppedRobots.Where(robots.Covers));
        return response;
    }

    /// <summary>One session among others.</summary>
    public static Wire.SessionInfo Of(ControlSession session, bool withStatistics)
    {
        var last = session.LastCommand;
        return new Wire.SessionInfo
        {
            SessionId = session.Id,
            RobotId = session.RobotId,
            Embodiment = session.Embodiment,
            Instruction = session.Instruction,
            State = WireLadder.ToWire(last.State),
            Reason = WireLadder.ToWire(last.Reason),
            Phrase = session.Boards.Phrases.Current,
            Statistics = withStatistics ? session.Statistics() : null,
            Arm = WireArm.Of(last, session.Observed),
            Pin = WirePins.ToWire(session.CurrentPin),
        };
    }

    /// <summary>One session by itself, with the contract of its arm and with what can be pinned.</summary>
    public Wire.SessionInfo WithContract(ControlSession session, bool withStatistics)
    {
        var info = Of(session, withStatistics);
        info.Contract = WireContract.ToWire(admission.ContractOf(session.Profile));
        info.Pinnable.AddRange(bundle.Manifest.PhraseSlots.Select(slot => WirePins.ToWire(slot, bundle.Manifest.Scene)));
        return info;
    }

    /// <summary>Which of some robots are stopped.</summary>
    public Wire.StopState Stops(RobotScope robots) => new() { AllStopped = stops.AllStopped, StoppedRobotIds = { stops.StoppedRobots.Where(robots.Covers) } };
}
