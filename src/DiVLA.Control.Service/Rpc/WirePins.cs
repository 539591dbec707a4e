using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Reasoning;

namespace DiVLA.Control.Service;

/// <summary>Pins between message and domain.</summary>
internal static class WirePins
{
    private const int MaxPhraseLength = 512;
    private const int MaxSlotLength = 64;
    private const int MaxWhoLength = 64;
    private const int MaxWhyLength = 256;

    /// <summary>Null where the texts may be looked at, or what is wrong with them.</summary>
    public static string? Fault(Wire.ReasoningPinRequest request) =>
        request.Phrase.Length > MaxPhraseLength ? $"phrase has {request.Phrase.Length} characters, expected at most {MaxPhraseLength}"
        : request.Object.Length > MaxSlotLength ? $"object has {request.Object.Length} characters, expected at most {MaxSlotLength}"
        : request.Bin.Length > MaxSlotLength ? $"bin has {request.Bin.Length} characters, expected at most {MaxSlotLength}"
        : Fault(request.Who, request.Why);

    /// <inheritdoc cref="Fault(Wire.ReasoningPinRequest)"/>
    public static string? Fault(string who, string why) =>
        who.Length is 0 or > MaxWhoLength ? $"who has {who.Length} characters, expected 1 to {MaxWhoLength}"
        : why.Length > MaxWhyLength ? $"why has {why.Length} characters, expected at most {MaxWhyLength}"
        : null;

    public static PinRequest ToDomain(Wire.ReasoningPinRequest request) => new()
    {
        Phrase = request.Phrase.Trim(),
        IsVerbatim = request.Verbatim,
        Object = request.Object.Trim(),
        Bin = request.Bin.Trim(),
        Who = Printable.Line(request.Who, MaxWhoLength),
        Why = Printable.Line(request.Why, MaxWhyLength),
    };

    /// <summary>What became of a request to pin, for the record.</summary>
    public static Wire.PinRecord RecordOf(PinRequest request, PinCheck check, bool isOverriding) => new()
    {
        Action = check.Pin is null ? Wire.PinAction.Refused : isOverriding ? Wire.PinAction.Overridden : Wire.PinAction.Pinned,
        Pin = ToWire(check.Pin) ?? Asked(request),
        Who = request.Who,
        Why = request.Why,
        Refusal = check.Pin is null ? ToWire(check.Outcome) : Wire.PinRefusal.Unspecified,
    };

    /// <summary>A release, for the record.</summary>
    public static Wire.PinRecord RecordOf(PhrasePin released, string who, string why) => new()
    {
        Action = Wire.PinAction.Released,
        Pin = ToWire(released),
        Who = Printable.Line(who, MaxWhoLength),
        Why = Printable.Line(why, MaxWhyLength),
    };

    /// <summary>Null for no pin.</summary>
    public static Wire.PhrasePin? ToWire(PhrasePin? pin) => pin is null ? null : new Wire.PhrasePin
    {
        Phrase = pin.Request.Phrase,
        Verbatim = pin.Request.IsVerbatim,
        Object = pin.Request.Object,
        Bin = pin.Request.Bin,
        Who = pin.Request.Who,
        Why = pin.Request.Why,
        SinceNs = pin.Since.Nanoseconds,
        PinnedObject = ToWire(pin.Object),
    };

    /// <summary>A slot, with all that can stand there.</summary>
    public static Wire.PinnableSlot ToWire(PhraseSlotManifest slot, SceneManifest? scene)
    {
        var pinnable = new Wire.PinnableSlot { Slot = slot.Name == PhraseSlot.Object ? "object" : "bin" };
        pinnable.Values.AddRange(slot.Values ?? (slot.Name == PhraseSlot.Object ? scene?.Kinds : null) ?? []);
        return pinnable;
    }

    private static Wire.PhrasePin Asked(PinRequest request) => new()
    {
        Phrase = request.Phrase,
        Verbatim = request.IsVerbatim,
        Object = request.Object,
        Bin = request.Bin,
        Who = request.Who,
        Why = request.Why,
    };

    public static Wire.PinRefusal ToWire(PinOutcome outcome) => outcome switch
    {
        PinOutcome.Malformed => Wire.PinRefusal.Malformed,
        PinOutcome.NoSlots => Wire.PinRefusal.NoSlots,
        PinOutcome.NoSuchSlot => Wire.PinRefusal.NoSuchSlot,
        PinOutcome.UnknownWords => Wire.PinRefusal.UnknownWords,
        PinOutcome.WrongLength => Wire.PinRefusal.WrongLength,
        PinOutcome.UnknownValue => Wire.PinRefusal.UnknownValue,
        PinOutcome.PhraseTooLong => Wire.PinRefusal.PhraseTooLong,
        PinOutcome.NothingSeen => Wire.PinRefusal.NothingSeen,
        PinOutcome.NotInScene => Wire.PinRefusal.NotInScene,
        PinOutcome.HandIsFull => Wire.PinRefusal.HandIsFull,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null),
    };

    public static Wire.PinnedObject ToWire(PinnedObject pinned) => pinned switch
    {
        PinnedObject.None => Wire.PinnedObject.None,
        PinnedObject.Seen => Wire.PinnedObject.Seen,
        PinnedObject.InHand => Wire.PinnedObject.InHand,
        PinnedObject.Unchecked => Wire.PinnedObject.Unchecked,
        _ => throw new ArgumentOutOfRangeException(nameof(pinned), pinned, null),
    };
}
