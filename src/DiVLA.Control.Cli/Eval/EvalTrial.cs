using DiVLA.Control.Cli.Eval.Pins;
using DiVLA.Control.Protocol.V1;
using DiVLA.Control.Simulator.Robot;

namespace DiVLA.Control.Cli.Eval;

/// <summary>One episode, in one session of its own.</summary>
/// <param name="Embodiment">Make of the arm.</param>
/// <param name="Result">What became of it.</param>
/// <param name="ExpertSeconds">What the scripted expert needs for it; null where it fails. Unit: s.</param>
/// <param name="Statistics">What the service measured meanwhile.</param>
/// <param name="RealTimeDenied">Measures for punctuality that the operating system refused, in words.</param>
internal sealed record EvalTrial(string Embodiment, EpisodeResult Result, double? ExpertSeconds, SessionStatistics Statistics, IReadOnlyList<string> RealTimeDenied)
{
    /// <summary>What became of the pin; null where none was asked for.</summary>
    public PinFate? Pin { get; init; }

    /// <summary>False where a pin was asked for and did not steer the arm: then there is nothing to judge.</summary>
    public bool Counts => Pin is null or PinFate.InForce;

    public bool IsSuccess => Counts && Result.Outcome == EpisodeOutcome.Success;
}
