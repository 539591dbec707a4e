using DiVLA.Control.Simulator.Robot;

namespace DiVLA.Control.Cli.Eval;

/// <summary>Waits for the one episode of a trial.</summary>
internal sealed class TrialWatcher : SimulatedRobotWatcher
{
    /// <summary>What became of the episode; null while it goes on.</summary>
    public EpisodeResult? Result { get; private set; }

    /// <inheritdoc/>
    public override void OnEpisodeEnded(EpisodeResult result) => Result = result;
}
