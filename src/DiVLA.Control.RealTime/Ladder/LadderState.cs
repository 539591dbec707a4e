namespace DiVLA.Control.RealTime;

/// <summary>How good the ground is that a command stands on; every command says which.</summary>
public enum LadderState
{
    /// <summary>Follows the trajectory inferred from the newest observation received.</summary>
    Fresh,

    /// <summary>Follows an earlier trajectory, sampled at this tick, that is still young enough.</summary>
    Reused,

    /// <summary>Slows down within the limits, then keeps its position. Goes on by itself, unless the session is ending.</summary>
    Hold,

    /// <summary>As hold, but latched: goes on only after a reset.</summary>
    Stopped,
}
