using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Simulator.Robot;

namespace DiVLA.Control.Cli.Eval;

/// <summary>One episode, in one session of its own.</summary>
/// <param name="Result">What became of it.</param>
/// <param name="Statistics">What the service measured meanwhile.</param>
internal sealed record EvalTrial(EpisodeResult Result, SessionStatistics Statistics)
{
    public bool IsSuccess => Result.Outcome == EpisodeOutcome.Success;
}
