namespace DiVLA.Control.Policy;

/// <summary>Whether the policy understands an instruction.</summary>
public enum InstructionOutcome
{
    Accepted,

    /// <summary>No words in it.</summary>
    Empty,

    /// <summary>Words that the policy was never taught; see <see cref="InstructionCheck.UnknownWords"/>.</summary>
    UnknownWords,

    /// <summary>More tokens than the backbone takes; see <see cref="InstructionCheck.TokenCount"/>.</summary>
    TooLong,
}

/// <summary>Whether the policy understands an instruction, and if not, why.</summary>
/// <param name="Outcome">Accepted, or the first fault.</param>
/// <param name="UnknownWords">Words that the policy was never taught, in their order, each once.</param>
/// <param name="TokenCount">Tokens of the instruction.</param>
/// <param name="MaxTokenCount">Most tokens that the backbone takes.</param>
public sealed record InstructionCheck(
    InstructionOutcome Outcome,
    IReadOnlyList<string> UnknownWords,
    int TokenCount,
    int MaxTokenCount)
{
    /// <summary>In words, for a refusal.</summary>
    public string Describe() => Outcome switch
    {
        InstructionOutcome.Accepted => "ok",
        InstructionOutcome.Empty => "the instruction has no words",
        InstructionOutcome.UnknownWords => $"words that the policy was never taught: {string.Join(", ", UnknownWords)}",
        InstructionOutcome.TooLong => $"the instruction has {TokenCount} tokens, the policy reads {MaxTokenCount}",
        _ => Outcome.ToString(),
    };
}
