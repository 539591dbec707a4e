using DiVLA.Control.Simulator.Tasks;

namespace DiVLA.Control.Simulator.Robot;

/// <summary>How an episode ended.</summary>
public enum EpisodeOutcome
{
    /// <summary>Still going on, or cut off by the end of the session. Not counted as an episode.</summary>
    Unfinished,

    /// <summary>The object that the instruction means was the first to lie in a bin, and in the right one.</summary>
    Success,

    /// <summary>Another object, or another bin.</summary>
    WrongPlacement,

    /// <summary>No object lay in a bin in time.</summary>
    OutOfTime,

    /// <summary>The service did not understand the instruction.</summary>
    InstructionRefused,
}

/// <summary>What became of an episode.</summary>
/// <param name="Episode">The task.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Ticks">Control periods that it took.</param>
/// <param name="Seconds">The same in time of the command timeline. Unit: s.</param>
/// <param name="Phrases">How often the phrase that steered a command is word for word what the expert says of the newest observation.</param>
public sealed record EpisodeResult(Episode Episode, EpisodeOutcome Outcome, ulong Ticks, double Seconds, PhraseScore Phrases);
