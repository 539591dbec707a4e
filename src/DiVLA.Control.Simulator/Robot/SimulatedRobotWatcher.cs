using DiVLA.Control.Client;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Simulator.Tasks;

namespace DiVLA.Control.Simulator.Robot;

/// <summary>Looks over the simulated arm's shoulder. Calls come one at a time; the arm waits for them, so they must return quickly.</summary>
public abstract class SimulatedRobotWatcher
{
    /// <summary>The service let the arm in.</summary>
    public virtual void OnAccepted(SessionAccepted session)
    {
    }

    /// <summary>A tray was put down and the instruction was given.</summary>
    public virtual void OnEpisodeStarted(Episode episode)
    {
    }

    /// <summary>The arm followed a command and both cameras took a picture. The frames are valid during the call only; RGB8, row by row.</summary>
    public virtual void OnObserved(in RobotAction action, ReadOnlySpan<byte> front, ReadOnlySpan<byte> wrist)
    {
    }

    /// <summary>The policy says something else than before.</summary>
    public virtual void OnPhrase(Phrase phrase)
    {
    }

    /// <summary>What the arm's phrases should be about now: the episode's goal, unless somebody has redirected the arm.</summary>
    public virtual Goal GoalOf(Episode episode) => episode.Goal;

    /// <summary>An episode came to its end.</summary>
    public virtual void OnEpisodeEnded(EpisodeResult result)
    {
    }

    /// <summary>The session was lost; the client connects again by itself.</summary>
    public virtual void OnLost(SessionLoss loss)
    {
    }
}
