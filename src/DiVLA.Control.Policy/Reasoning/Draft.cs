namespace DiVLA.Control.Policy.Reasoning;

/// <summary>What one inference rests on: an instruction and the last complete phrase that was said under it.</summary>
/// <param name="Instruction">Null where the session has none yet.</param>
/// <param name="Phrase">Null before the first phrase.</param>
internal readonly record struct Draft(Instruction? Instruction, ReasoningPhrase? Phrase)
{
    /// <summary>The phrase's tokens, without the end token; empty without a phrase.</summary>
    public ReadOnlySpan<int> Tokens => Phrase is null ? default : Phrase.Tokens;
}
