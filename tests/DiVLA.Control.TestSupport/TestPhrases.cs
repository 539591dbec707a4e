using DiVLA.Control.Policy.Reasoning;

namespace DiVLA.Control.TestSupport;

/// <summary>Phrases that no decoder has said.</summary>
public static class TestPhrases
{
    /// <summary>A phrase under an instruction.</summary>
    public static ReasoningPhrase Create(long id, string text, ulong observation = 1, PhrasePin? pin = null) =>
        new(new Instruction("put the red cube in the left bin", [], 0), [])
        {
            Id = id,
            Text = text,
            Pin = pin,
            ObservationSequence = observation,
            IsEnded = true,
            DecodedTokens = 0,
            DecodeNs = 0,
            PrefillNs = 0,
        };
}
