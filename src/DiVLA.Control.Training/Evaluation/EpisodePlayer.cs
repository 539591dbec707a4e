using DiVLA.Control.Simulator;
using DiVLA.Control.Simulator.Expert;
using DiVLA.Control.Simulator.Robot;
using DiVLA.Control.Simulator.Tasks;
using DiVLA.Control.Training.Data;

namespace DiVLA.Control.Training.Evaluation;

/// <summary>One episode, played with a tool without an arm.</summary>
internal sealed class EpisodePlayer(Episode episode)
{
    private readonly EpisodeAttempt _attempt = new(episode, 1 / TaskSpaceRollout.Period);
    private readonly PlannedTool _tool = new(episode.Scene, episode.Start, FreeTool.OpenWidth);
    private bool _isLost;

    public SplitMix64 Random { get; } = new(episode.Seed);

    /// <summary>True once the episode has ended, well or badly, or the tool has gone astray.</summary>
    public bool IsDone => _isLost || _attempt.Outcome != EpisodeOutcome.Unfinished;

    public bool IsSuccess => _attempt.Outcome == EpisodeOutcome.Success;

    /// <summary>The state with the expert's phrase.</summary>
    public TrainingSample Observe() => SampleGenerator.Label(episode, episode.Goal, episode.Scene, _tool.Pose, _tool.Width);

    /// <summary>Goes to the first sample of a plan [H, L].</summary>
    public void Follow(ReadOnlySpan<float> latent, double[][] rms)
    {
        for (var tick = 0; tick < SampleGenerator.SamplePeriodTicks && !IsDone; tick++)
        {
            _tool.Follow(latent, rms);
            _attempt.Judge(episode.Scene, ticks: 1);
        }
        _isLost = _tool.IsLost;
    }
}
