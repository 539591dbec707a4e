using DiVLA.Control.Protocol.V1;

namespace DiVLA.Control.Client;

/// <summary>Root of what this client throws.</summary>
public abstract class RobotControlException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The service does not open a session for this robot, and asking again would not help.</summary>
public sealed class SessionRefusedException(SessionRefused refused) : RobotControlException($"Session refused ({refused.Refusal}): {refused.Detail}")
{
    /// <summary>What the service said, with the fields in which the contracts differ.</summary>
    public SessionRefused Refused { get; } = refused;
}

/// <summary>No session could be opened for longer than <see cref="RobotControlOptions.GiveUpAfter"/>.</summary>
public sealed class ServiceUnreachableException(Uri address, string cause) : RobotControlException($"No session with {address}: {cause}")
{
    /// <summary>Where the service was expected.</summary>
    public Uri Address { get; } = address;
}

/// <summary>Another controller drives the robot now. Connecting again would take it back, so the client does not.</summary>
public sealed class SessionTakenOverException(string sessionId) : RobotControlException($"Session {sessionId} was taken over by another controller")
{
    /// <summary>The session that ended.</summary>
    public string SessionId { get; } = sessionId;
}
