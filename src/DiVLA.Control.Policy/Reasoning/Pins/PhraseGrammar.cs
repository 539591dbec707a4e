using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Tokenizer;

namespace DiVLA.Control.Policy.Reasoning;

/// <summary>The slots of a policy's phrases, in tokens. Thread-safe.</summary>
internal sealed class PhraseGrammar
{
    private readonly Slot[] _slots;

    public PhraseGrammar(PolicyManifest manifest, ITextTokenizer words)
    {
        Words = words;
        MaxTokens = manifest.Prompt.MaxPhraseTokens;
        _slots = Array.ConvertAll(manifest.PhraseSlots, slot => new Slot(slot, Encode(slot.After), ValuesOf(slot, manifest.Scene)));
    }

    public ITextTokenizer Words { get; }

    /// <summary>P.</summary>
    public int MaxTokens { get; }

    /// <summary>False where phrases cannot be pinned.</summary>
    public bool HasSlots => _slots.Length > 0;

    /// <summary>The words that open every phrase with a target, or null where <paramref name="name"/> is not the first slot.</summary>
    public int[]? OpeningOf(PhraseSlot name) => _slots[0].Name == name ? _slots[0].After : null;

    /// <summary>The slot of that name, or null.</summary>
    public Slot? Find(PhraseSlot name) => Array.Find(_slots, slot => slot.Name == name);

    /// <summary>What a phrase says in a slot; empty where it does not come to it, or ends in it.</summary>
    public ReadOnlySpan<int> Read(ReadOnlySpan<int> phrase, PhraseSlot name)
    {
        if (Find(name) is not { } slot) return default;
        var lead = phrase.IndexOf(slot.After);
        var start = lead + slot.After.Length;
        return lead >= 0 && start + slot.Length <= phrase.Length ? phrase.Slice(start, slot.Length) : default;
    }

    private int[] Encode(string text) => [.. Words.Encode(text).Ids];

    private static string[]? ValuesOf(PhraseSlotManifest slot, SceneManifest? scene) =>
        slot.Values ?? (slot.Name == PhraseSlot.Object ? scene?.Kinds : null);

    /// <summary>One slot.</summary>
    /// <param name="Declared">As policy.json has it.</param>
    /// <param name="After">Tokens that it stands right behind.</param>
    /// <param name="Values">All that can stand there; null where any words can.</param>
    internal sealed record Slot(PhraseSlotManifest Declared, int[] After, string[]? Values)
    {
        public PhraseSlot Name => Declared.Name;

        public int Length => Declared.Words;
    }
}
