namespace DiVLA.Control.Policy.Reasoning;

/// <summary>A complete phrase of the policy's reasoning. Made by the decoder thread, never changed after.</summary>
public sealed class ReasoningPhrase
{
    internal ReasoningPhrase(Instruction instruction, int[] tokens) => (Said, Tokens) = (instruction, tokens);

    /// <summary>Counts up from 1 within a session.</summary>
    public required long Id { get; init; }

    /// <summary>The phrase in words.</summary>
    public required string Text { get; init; }

    /// <summary>The instruction that it was said under.</summary>
    public string Instruction => Said.Text;

    /// <summary>What an operator forced of it; null where all of it is the policy's own.</summary>
    public PhrasePin? Pin { get; init; }

    /// <summary>Observation that it was decoded from.</summary>
    public required ulong ObservationSequence { get; init; }

    /// <summary>False where the phrase was cut at the longest length before the model ended it.</summary>
    public required bool IsEnded { get; init; }

    /// <summary>Tokens that were decoded one by one for it; the others were taken over from the phrase before.</summary>
    public required int DecodedTokens { get; init; }

    /// <summary>Time that the decoder took. Unit: ns.</summary>
    public required long DecodeNs { get; init; }

    /// <summary>Part of it that the prompt took; 0 where the control path had already run it. Unit: ns.</summary>
    public required long PrefillNs { get; init; }

    internal Instruction Said { get; }

    internal int[] Tokens { get; }
}

/// <summary>Whether the phrase that steers a trajectory is what the policy would say about its observation.</summary>
public enum PhraseState
{
    /// <summary>There is no phrase yet.</summary>
    None,

    /// <summary>Equal to greedy decoding from the observation that the trajectory stems from, with what an operator has pinned forced.</summary>
    Verified,

    /// <summary>The observation, a new instruction or a pin calls for another phrase, which is being decoded; this is the last complete one.</summary>
    Pending,

    /// <summary>Every word is an operator's: there is nothing to verify.</summary>
    Pinned,
}
