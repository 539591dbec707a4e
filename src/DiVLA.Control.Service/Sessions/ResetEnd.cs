using DiVLA.Control.RealTime;

namespace DiVLA.Control.Service.Sessions;

/// <summary>What came of the reset of one arm.</summary>
internal enum ResetOutcome
{
    /// <summary>The first command since is none of a stopped arm.</summary>
    Released,

    /// <summary>The first command since is that of a stopped arm: what stopped it lasts, or it was stopped again.</summary>
    StoppedAgain,

    /// <summary>No command has left within the patience. The reset is in force as soon as one is made.</summary>
    NoCommandLeft,

    /// <summary>The session is over, or about to be; the robot moves when it comes again.</summary>
    SessionOver,
}

/// <summary>What came of a reset, and why the arm is stopped again where it is.</summary>
internal readonly record struct ResetEnd(ResetOutcome Outcome, LadderReason StoppedBy = LadderReason.None)
{
    /// <summary>True where nothing keeps the arm from moving.</summary>
    public bool MayMove => Outcome is ResetOutcome.Released or ResetOutcome.SessionOver;
}
