namespace DiVLA.Control.RealTime;

/// <summary>Why a command has its <see cref="LadderState"/>.</summary>
public enum LadderReason
{
    /// <summary>Fresh: nothing is wrong.</summary>
    None,

    /// <summary>Reused: the newest observation's trajectory is not there yet.</summary>
    InferenceLate,

    /// <summary>Reused: the newest observation's trajectory has steered an earlier tick already, and no newer observation came.</summary>
    NoNewObservation,

    /// <summary>Hold: no trajectory since the start or the reset.</summary>
    NoTrajectory,

    /// <summary>Hold: no observation came for longer than allowed.</summary>
    ObservationTooOld,

    /// <summary>Hold: the newest trajectory's observation is older than allowed.</summary>
    TrajectoryTooOld,

    /// <summary>Hold: the tick lies beyond the newest trajectory's last sample.</summary>
    BeyondHorizon,

    /// <summary>Hold: the newest trajectory has numbers that are not finite.</summary>
    NotFinite,

    /// <summary>Hold: the newest trajectory's joints do not put the tool where its latent wants it.</summary>
    KinematicsMismatch,

    /// <summary>Hold: the newest trajectory is outside what the embodiment was trained on.</summary>
    OutOfTrainedRange,

    /// <summary>Hold: the newest inference failed.</summary>
    PolicyFault,

    /// <summary>Stopped: emergency stop.</summary>
    EmergencyStop,

    /// <summary>Stopped: by an operator.</summary>
    OperatorStop,

    /// <summary>Hold, and nothing is followed any more: the robot's own controller ends the session.</summary>
    ControllerStop,

    /// <summary>Stopped: the controller gave no sign of life for longer than its lease.</summary>
    LeaseLapsed,

    /// <summary>Stopped: too many trajectories in a row that may not be followed.</summary>
    RepeatedFaults,

    /// <summary>Hold, and nothing is followed any more: the service ends the session.</summary>
    Shutdown,
}

/// <summary>What reasons have in common.</summary>
public static class LadderReasons
{
    /// <summary>True where the session is ending and the arm is brought to rest for that alone.</summary>
    public static bool IsEndOfSession(this LadderReason reason) => reason is LadderReason.ControllerStop or LadderReason.Shutdown;
}
