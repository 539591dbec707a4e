using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Client;

/// <summary>Looks over a robot's shoulder, whatever its handler does: what it observed, what it was told to do and why. Derive from it, override what matters.</summary>
/// <remarks>Observations come from the robot's threads, everything else from the client's; the robot waits, so calls must return quickly.</remarks>
public abstract class RobotControlWatcher
{
    /// <summary>A session was opened; the timeline of ticks begins anew.</summary>
    public virtual void OnAccepted(SessionAccepted session)
    {
    }

    /// <summary>The robot gave an observation. State and frames are valid during the call only; frames are packed as the options say.</summary>
    public virtual void OnObserved(MonotonicTime capturedAt, in RobotState state, ReadOnlySpan<ReadOnlyMemory<byte>> frames)
    {
    }

    /// <summary>A command is about to be handed to the robot, the client's own ones included.</summary>
    public virtual void OnAction(in RobotAction action)
    {
    }

    /// <summary>The policy says something else than before. An action may name a phrase before this tells its words.</summary>
    public virtual void OnPhrase(Phrase phrase)
    {
    }
}
