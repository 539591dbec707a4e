using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Client;

/// <summary>What a robot does with what the service says. Derive from it, override what matters.</summary>
/// <remarks>
/// Calls come one at a time, from the client's receiving task or its watchdog. They must return quickly: the next action waits behind them.
/// </remarks>
public abstract class RobotControlHandler
{
    /// <summary>Where the arm is now. Asked whenever a session opens: its first command starts there.</summary>
    public abstract RobotState ReadState();

    /// <summary>A command from the service, one a tick.</summary>
    public abstract void OnAction(in RobotAction action);

    /// <summary>
    /// A command of the client's own, because the service went silent: decelerates smoothly from the last commanded motion, then stands.
    /// One a tick until the service speaks again. Defaults to <see cref="OnAction"/>.
    /// </summary>
    public virtual void OnHold(in RobotAction hold) => OnAction(hold);

    /// <summary>A session was opened.</summary>
    public virtual void OnAccepted(SessionAccepted session)
    {
    }

    /// <summary>The session is over without a summary; the client connects again after the delay.</summary>
    public virtual void OnLost(SessionLoss loss)
    {
    }

    /// <summary>The policy says something else than before.</summary>
    public virtual void OnPhrase(Phrase phrase)
    {
    }

    /// <summary>The ladder moved.</summary>
    public virtual void OnStateChange(StateChange change)
    {
    }

    /// <summary>The policy follows another instruction now.</summary>
    public virtual void OnInstructionAccepted(InstructionAccepted accepted)
    {
    }

    /// <summary>The policy does not understand the last instruction and follows the one before.</summary>
    public virtual void OnInstructionRefused(InstructionRefused refused)
    {
    }

    /// <summary>An observation was not used.</summary>
    public virtual void OnObservationRefused(ObservationRefused refused)
    {
    }

    /// <summary>The session ended in good order.</summary>
    public virtual void OnSummary(SessionSummary summary)
    {
    }
}

/// <summary>How a session was lost.</summary>
/// <param name="Cause">In words.</param>
/// <param name="ReconnectDelay">Pause before the next attempt.</param>
public sealed record SessionLoss(string Cause, TimeSpan ReconnectDelay);
