using DiVLA.Control.RealTime;

namespace DiVLA.Control.Service;

/// <summary>The ladder's words on the wire.</summary>
internal static class WireLadder
{
    public static Wire.LadderState ToWire(LadderState state) => state switch
    {
        LadderState.Fresh => Wire.LadderState.Fresh,
        LadderState.Reused => Wire.LadderState.Reused,
        LadderState.Hold => Wire.LadderState.Hold,
        LadderState.Stopped => Wire.LadderState.Stopped,
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    public static Wire.LadderReason ToWire(LadderReason reason) => reason switch
    {
        LadderReason.None => Wire.LadderReason.None,
        LadderReason.InferenceLate => Wire.LadderReason.InferenceLate,
        LadderReason.NoNewObservation => Wire.LadderReason.NoNewObservation,
        LadderReason.NoTrajectory => Wire.LadderReason.NoTrajectory,
        LadderReason.ObservationTooOld => Wire.LadderReason.ObservationTooOld,
        LadderReason.TrajectoryTooOld => Wire.LadderReason.TrajectoryTooOld,
        LadderReason.BeyondHorizon => Wire.LadderReason.BeyondHorizon,
        LadderReason.NotFinite => Wire.LadderReason.NotFinite,
        LadderReason.KinematicsMismatch => Wire.LadderReason.KinematicsMismatch,
        LadderReason.OutOfTrainedRange => Wire.LadderReason.OutOfTrainedRange,
        LadderReason.PolicyFault => Wire.LadderReason.PolicyFault,
        LadderReason.EmergencyStop => Wire.LadderReason.EmergencyStop,
        LadderReason.OperatorStop => Wire.LadderReason.OperatorStop,
        LadderReason.ControllerStop => Wire.LadderReason.ControllerStop,
        LadderReason.LeaseLapsed => Wire.LadderReason.LeaseLapsed,
        LadderReason.RepeatedFaults => Wire.LadderReason.RepeatedFaults,
        LadderReason.Shutdown => Wire.LadderReason.Shutdown,
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };

    public static Wire.PhraseFreshness ToWire(PhraseState state) => state switch
    {
        PhraseState.Verified => Wire.PhraseFreshness.Verified,
        PhraseState.Pending => Wire.PhraseFreshness.Pending,
        PhraseState.Pinned => Wire.PhraseFreshness.Pinned,
        _ => Wire.PhraseFreshness.Unspecified,
    };
}
