using DiVLA.Control.Datasets.Recording;
using DiVLA.Control.Simulator.Robot;
using DiVLA.Control.Simulator.Tasks;

namespace DiVLA.Control.Cli.Record;

/// <summary>Tells the recorder where the simulated arm's episodes begin and end.</summary>
internal sealed class EpisodeBounds(SessionRecorder recorder, bool successesOnly) : SimulatedRobotWatcher
{
    /// <inheritdoc/>
    public override void OnEpisodeStarted(Episode episode) => recorder.BeginEpisode(episode.Instruction);

    /// <inheritdoc/>
    public override void OnEpisodeEnded(EpisodeResult result) =>
        recorder.EndEpisode(keep: result.Outcome == EpisodeOutcome.Success || (!successesOnly && result.Outcome != EpisodeOutcome.InstructionRefused));
}
