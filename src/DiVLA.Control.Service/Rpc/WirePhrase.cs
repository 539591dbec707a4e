using DiVLA.Control.Policy.Reasoning;
using DiVLA.Control.RealTime;

namespace DiVLA.Control.Service;

/// <summary>Phrases between domain and message.</summary>
internal static class WirePhrase
{
    /// <summary>A phrase as it stands at a command.</summary>
    public static Wire.Phrase Of(ReasoningPhrase phrase, in TickCommand command) => new()
    {
        PhraseId = (ulong)phrase.Id,
        Text = phrase.Text,
        Instruction = phrase.Instruction,
        ObservationSequence = phrase.ObservationSequence,
        SinceNs = command.Due.Nanoseconds,
        SinceTick = (ulong)command.TickIndex,
        Freshness = FreshnessAt(phrase, command),
        Pin = WirePins.ToWire(phrase.Pin),
    };

    /// <summary>Whether the newest frame calls for a phrase; unspecified where the command does not rest on it.</summary>
    public static Wire.PhraseFreshness FreshnessAt(ReasoningPhrase phrase, in TickCommand command) =>
        command.PhraseId == phrase.Id ? WireLadder.ToWire(command.PhraseState) : Wire.PhraseFreshness.Unspecified;
}
