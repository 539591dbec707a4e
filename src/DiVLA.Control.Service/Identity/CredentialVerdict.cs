namespace DiVLA.Control.Service.Identity;

/// <summary>What became of a credential.</summary>
internal enum CredentialOutcome
{
    Accepted,

    /// <summary>There is none.</summary>
    Missing,

    /// <summary>It cannot be read, or says roles or robots that make no sense.</summary>
    Malformed,

    /// <summary>Signed by somebody else, or for another purpose.</summary>
    Untrusted,

    NotYetValid,

    Expired,

    /// <summary>Nothing is wrong with it, but those who could tell cannot be reached.</summary>
    Unverifiable,
}

/// <summary>What became of a credential, and why.</summary>
/// <param name="Outcome">Only accepted ones have a caller.</param>
/// <param name="Caller">Who calls; null unless accepted.</param>
/// <param name="Detail">In words that may be sent and logged: nothing of the credential is in them.</param>
internal readonly record struct CredentialVerdict(CredentialOutcome Outcome, Caller? Caller, string Detail)
{
    // Clocks of robots, authorities and services differ a little.
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(10);

    public static CredentialVerdict Accept(Caller caller) => new(CredentialOutcome.Accepted, caller, "");

    public static CredentialVerdict Refuse(CredentialOutcome outcome, string detail) => new(outcome, null, detail);

    /// <summary>Refuses where it is too early or too late; null where the time is right.</summary>
    /// <param name="kind">'token' or 'certificate'.</param>
    /// <param name="notBefore">Begin of its validity.</param>
    /// <param name="notAfter">End of its validity.</param>
    /// <param name="now">By the service's own clock.</param>
    public static CredentialVerdict? OfTime(string kind, DateTimeOffset notBefore, DateTimeOffset notAfter, DateTimeOffset now)
    {
        if (now < notBefore - Skew) return Refuse(CredentialOutcome.NotYetValid, $"the {kind} is valid from {notBefore:u} on, and it is {now:u}");
        return IsOver(notAfter, now) ? Refuse(CredentialOutcome.Expired, $"the {kind} expired at {notAfter:u}, and it is {now:u}") : null;
    }

    /// <summary>Whether a credential that ended at an instant is taken no more.</summary>
    public static bool IsOver(DateTimeOffset? notAfter, DateTimeOffset now) => now >= notAfter + Skew;
}
