using DiVLA.Control.Client;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Simulator.Tasks;

namespace DiVLA.Control.Simulator.Robot;

/// <summary>Several watchers of one arm, told in order.</summary>
public sealed class WatcherGroup(params SimulatedRobotWatcher[] watchers) : SimulatedRobotWatcher
{
    /// <inheritdoc/>
    public override void OnAccepted(SessionAccepted session)
    {
        foreach (var watcher in watchers) watcher.OnAccepted(session);
    }

    /// <inheritdoc/>
    public override void OnEpisodeStarted(Episode episode)
    {
        foreach (var watcher in watchers) watcher.OnEpisodeStarted(episode);
    }

    /// <inheritdoc/>
    public override void OnObserved(in RobotAction action, ReadOnlySpan<byte> front, ReadOnlySpan<byte> wrist)
    {
        foreach (var watcher in watchers) watcher.OnObserved(action, front, wrist);
    }

    /// <inheritdoc/>
    public override void OnPhrase(Phrase phrase)
    {
        foreach (var watcher in watchers) watcher.OnPhrase(phrase);
    }

    /// <summary>As the first watcher says.</summary>
    public override Goal GoalOf(Episode episode) => watchers[0].GoalOf(episode);

    /// <inheritdoc/>
    public override void OnEpisodeEnded(EpisodeResult result)
    {
        foreach (var watcher in watchers) watcher.OnEpisodeEnded(result);
    }

    /// <inheritdoc/>
    public override void OnLost(SessionLoss loss)
    {
        foreach (var watcher in watchers) watcher.OnLost(loss);
    }
}
