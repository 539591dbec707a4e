using DiVLA.Control.Policy.Embodiment;
using DiVLA.Control.Policy.Reasoning;
using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy;

/// <summary>A plan and what it rests on. Made once by <see cref="DiffusionVlaPolicy.CreateTrajectory"/> and filled again and again.</summary>
/// <remarks>Not synchronised: whoever passes it between threads sees to that.</remarks>
public sealed class PolicyTrajectory
{
    private readonly RobotCommand[] _samples;
    private readonly long[] _offsetsNs;

    internal PolicyTrajectory(int horizon, int samplePeriodTicks, double controlRateHz)
    {
        _samples = new RobotCommand[horizon];
        _offsetsNs = [.. Enumerable.Range(1, horizon).Select(n => (long)Math.Round(n * samplePeriodTicks * 1e9 / controlRateHz))];
    }

    /// <summary>Number of samples, H.</summary>
    public int Horizon => _samples.Length;

    /// <summary>How the inference ended. The samples are a plan only where this is <see cref="PolicyOutcome.Ok"/>.</summary>
    public PolicyOutcome Outcome => Fault.Outcome;

    /// <summary>Where and why there is no plan.</summary>
    public PolicyFault Fault { get; internal set; }

    /// <summary>Observation that the plan was made from.</summary>
    public ulong ObservationSequence { get; internal set; }

    /// <summary>When that observation was captured.</summary>
    public MonotonicTime ObservedAt { get; internal set; }

    /// <summary>Phrase that steered the plan; null before the first one.</summary>
    public ReasoningPhrase? Phrase { get; internal set; }

    /// <summary>Whether that phrase is what the policy would say about the observation.</summary>
    public PhraseState PhraseState { get; internal set; }

    /// <summary>Sample whose decoded joints came closest to their tolerance.</summary>
    public KinematicsReport Kinematics { get; internal set; }

    /// <summary>How long each stage took.</summary>
    public PolicyStageTimes StageTimes { get; internal set; }

    /// <summary>Joint positions and gripper width of a sample.</summary>
    public ref readonly RobotCommand this[int sample] => ref _samples[sample];

    /// <summary>The instant that a sample is for: observed + (sample + 1) * sample period.</summary>
    public MonotonicTime TimeOf(int sample) => ObservedAt + _offsetsNs[sample];

    internal Span<RobotCommand> Samples => _samples;

    internal void Begin(in Observation observation)
    {
        Fault = default;
        ObservationSequence = observation.Sequence;
        ObservedAt = observation.CapturedAt;
        Phrase = null;
        PhraseState = PhraseState.None;
        Kinematics = default;
        StageTimes = default;
    }
}
