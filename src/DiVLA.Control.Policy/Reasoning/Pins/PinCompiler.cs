using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.Policy.Reasoning;

/// <summary>Turns what an operator asks for into forced tokens, or says why the policy cannot say it. Knows nothing of the scene. Thread-safe.</summary>
internal sealed class PinCompiler
{
    private readonly PhraseGrammar _grammar;
    private readonly int _endToken;

    public PinCompiler(PhraseGrammar grammar, int endToken) => (_grammar, _endToken) = (grammar, endToken);

    /// <summary>Compiles a request.</summary>
    /// <param name="request">As it came.</param>
    /// <param name="compiled">Null where the policy cannot say it.</param>
    /// <returns>Null, or why not.</returns>
    public PinCheck? Compile(PinRequest request, out CompiledPin? compiled)
    {
        compiled = null;
        var hasPhrase = !string.IsNullOrWhiteSpace(request.Phrase);
        var hasSlots = !string.IsNullOrWhiteSpace(request.Object) || !string.IsNullOrWhiteSpace(request.Bin);
        if (hasPhrase == hasSlots) return PinCheck.Refuse(PinOutcome.Malformed, "give a phrase, or an object, a bin or both");
        if (request.IsVerbatim && !hasPhrase) return PinCheck.Refuse(PinOutcome.Malformed, "only a phrase can be pinned verbatim");
        if (!_grammar.HasSlots) return PinCheck.Refuse(PinOutcome.NoSlots, "the policy's phrases have no slots: policy.json declares none");
        return hasPhrase ? CompilePhrase(request, out compiled) : CompileSlots(request, null, out compiled);
    }

    private PinCheck? CompilePhrase(PinRequest request, out CompiledPin? compiled)
    {
        compiled = null;
        var (ids, unknown) = _grammar.Words.Encode(request.Phrase);
        if (unknown.Count > 0) return UnknownWords(unknown);
        if (ids.Count > _grammar.MaxTokens)
            return PinCheck.Refuse(PinOutcome.PhraseTooLong, $"the phrase has {ids.Count} tokens, the policy says at most {_grammar.MaxTokens}");
        int[] tokens = [.. ids];
        var filled = request with
        {
            Phrase = _grammar.Words.Decode(tokens),
            Object = _grammar.Words.Decode(_grammar.Read(tokens, PhraseSlot.Object)),
            Bin = _grammar.Words.Decode(_grammar.Read(tokens, PhraseSlot.Bin)),
        };
        if (filled.Object.Length == 0 && filled.Bin.Length == 0)
            return PinCheck.Refuse(PinOutcome.NoSuchSlot, $"'{filled.Phrase}' names neither an object nor a bin where the policy's phrases do");
        return CompileSlots(filled, request.IsVerbatim ? tokens : null, out compiled);
    }

    private PinCheck? CompileSlots(PinRequest request, int[]? verbatim, out CompiledPin? compiled)
    {
        compiled = null;
        var fillings = new List<SlotFilling>();
        var refusal = Fill(PhraseSlot.Object, request.Object, fillings) ?? Fill(PhraseSlot.Bin, request.Bin, fillings);
        if (refusal is not null) return refusal;
        var hasObject = request.Object.Length > 0;
        var constraint = verbatim is not null
            ? PinConstraint.OfPhrase(verbatim, _endToken)
            : PinConstraint.OfSlots((hasObject ? _grammar.OpeningOf(PhraseSlot.Object) : null) ?? [], [.. fillings]);
        int[] target = hasObject ? fillings[0].Words : [];
        compiled = new CompiledPin(
            request with { Object = _grammar.Words.Decode(target), Bin = request.Bin.Length > 0 ? _grammar.Words.Decode(fillings[^1].Words) : "" },
            constraint,
            target);
        return null;
    }

    private PinCheck? Fill(PhraseSlot name, string text, List<SlotFilling> fillings)
    {
        if (text.Length == 0) return null;
        var word = name == PhraseSlot.Object ? "object" : "bin";
        if (_grammar.Find(name) is not { } slot) return PinCheck.Refuse(PinOutcome.NoSuchSlot, $"the policy's phrases have no slot for the {word}");
        var (ids, unknown) = _grammar.Words.Encode(text);
        if (unknown.Count > 0) return UnknownWords(unknown);
        if (ids.Count != slot.Length)
            return PinCheck.Refuse(PinOutcome.WrongLength, $"the {word} '{text}' has {ids.Count} words, expected {slot.Length}");
        int[] tokens = [.. ids];
        if (slot.Values is { } values && !values.Any(value => _grammar.Words.Encode(value).Ids.SequenceEqual(tokens)))
            return PinCheck.Refuse(PinOutcome.UnknownValue, $"the policy knows no {word} '{text}', only {string.Join(", ", values)}");
        fillings.Add(new SlotFilling(slot.After, tokens));
        return null;
    }

    private static PinCheck UnknownWords(IReadOnlyList<string> words) =>
        PinCheck.Refuse(PinOutcome.UnknownWords, $"words that the policy was never taught: {string.Join(", ", words)}");
}

/// <summary>A request that the policy can say.</summary>
/// <param name="Request">In the policy's own spelling, object and bin of a phrase filled in.</param>
/// <param name="Constraint">What it forces.</param>
/// <param name="Target">Tokens of the object; empty where none is pinned.</param>
internal sealed record CompiledPin(PinRequest Request, PinConstraint Constraint, int[] Target);
