namespace DiVLA.Control.RealTime;

/// <summary>Why somebody outside the loop wants the arm stopped.</summary>
public enum StopReason
{
    /// <summary>Emergency stop. Reported even where the loop had stopped for another reason before.</summary>
    EmergencyStop = 1,

    /// <summary>An operator's ordinary stop.</summary>
    OperatorStop,

    /// <summary>The robot's own controller ends the session.</summary>
    ControllerStop,

    /// <summary>The service ends the session.</summary>
    Shutdown,
}
