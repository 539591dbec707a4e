using DiVLA.Control.Client;
using DiVLA.Control.Simulator.Robot;
using DiVLA.Control.Simulator.Tasks;

namespace DiVLA.Control.Cli.Frames;

/// <summary>Keeps what the cameras saw during the episode that is going on, about five pictures a second.</summary>
internal sealed class FrameCollector(Action<EpisodeResult, IReadOnlyList<FramePair>> finished) : SimulatedRobotWatcher
{
    private const int TicksBetweenPictures = 16;

    private List<FramePair> _frames = [];
    private int _ticks;

    /// <inheritdoc/>
    public override void OnEpisodeStarted(Episode episode) => (_frames, _ticks) = ([], 0);

    /// <inheritdoc/>
    public override void OnObserved(in RobotAction action, ReadOnlySpan<byte> front, ReadOnlySpan<byte> wrist)
    {
        if (_ticks++ % TicksBetweenPictures == 0) _frames.Add(new FramePair(front.ToArray(), wrist.ToArray()));
    }

    /// <inheritdoc/>
    public override void OnEpisodeEnded(EpisodeResult result) => finished(result, _frames);
}
