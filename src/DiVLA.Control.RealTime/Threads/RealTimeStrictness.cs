namespace DiVLA.Control.RealTime;

/// <summary>What to do when the operating system refuses a measure for punctuality.</summary>
public enum RealTimeStrictness
{
    /// <summary>Go on without it, and say so.</summary>
    Prefer,

    /// <summary>Refuse to start.</summary>
    Enforce,
}
