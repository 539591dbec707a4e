namespace DiVLA.Control.Service.Identity;

/// <summary>Which robots a call is about, and where it says so. The caller's credential must cover them.</summary>
internal enum RobotTarget
{
    /// <summary>None.</summary>
    None,

    /// <summary>The one that the first message of the stream names. Checked when the session is opened.</summary>
    Opened,

    /// <summary>That of the request's `session`. Where the name is empty: the only one among those that the caller's credential covers.</summary>
    Session,

    /// <summary>That of the request's `session`; where that is empty, those that the caller's credential covers.</summary>
    Followed,

    /// <summary>As above, of sessions that are over as well: of robots that the credential does not cover there is no record.</summary>
    Recorded,

    /// <summary>Those of the request's `arms`.</summary>
    Arms,

    /// <summary>The answer is about those that the caller's credential covers, and leaves out the others.</summary>
    Listed,

    /// <summary>All of them, whatever is asked.</summary>
    Every,
}

/// <summary>What becomes of a call that is under way when the caller's credential expires.</summary>
internal enum AtExpiry
{
    /// <summary>It is answered at once, and is answered still.</summary>
    Completes,

    /// <summary>The stream ends with UNAUTHENTICATED.</summary>
    Ends,

    /// <summary>The arm is brought to rest, the robot gets its summary, and the stream ends.</summary>
    ComesToRest,
}

/// <summary>Who may make one call.</summary>
/// <param name="Call">A gRPC method's full name, or an HTTP method and route.</param>
/// <param name="Roles">Any of these is enough; null where nobody is asked who they are.</param>
/// <param name="Robots">Which robots the credential must cover.</param>
/// <param name="AtExpiry">What becomes of it when the credential expires meanwhile.</param>
internal sealed record AccessRule(string Call, CallerRoles? Roles, RobotTarget Robots, AtExpiry AtExpiry)
{
    /// <summary>True where the call needs no credential.</summary>
    public bool IsOpen => Roles is null;

    /// <summary>Whether the caller has one of the roles.</summary>
    public bool Allows(Caller caller) => Roles is not { } roles || (roles & caller.Roles) != CallerRoles.None;
}
