using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Simulator.Robot;

namespace DiVLA.Control.Cli.Eval;

/// <summary>Waits for the one episode of a trial.</summary>
internal sealed class TrialWatcher : SimulatedRobotWatcher
{
    /// <summary>What became of the episode; null while it goes on.</summary>
    public EpisodeResult? Result { get; private set; }

    /// <summary>Measures for punctuality that the session was refused, in words.</summary>
    public IReadOnlyList<string> RealTimeDenied { get; private set; } = [];

    /// <inheritdoc/>
    public override void OnAccepted(SessionAccepted session) => RealTimeDenied = session.RealtimeDenied;

    /// <inheritdoc/>
    public override void OnEpisodeEnded(EpisodeResult result) => Result = result;
}
