using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Reasoning;

namespace DiVLA.Control.Policy.Tokenizer;

/// <summary>Turns an instruction into the tokens that the backbone reads, or says why the policy does not understand it. Thread-safe.</summary>
internal sealed class Prompt
{
    private readonly WordTokenizer _words;
    private readonly PromptManifest _prompt;
    private readonly int _padToken;

    public Prompt(WordTokenizer words, PolicyManifest manifest) =>
        (_words, _prompt, _padToken) = (words, manifest.Prompt, manifest.SpecialTokens.Pad);

    /// <summary>Checks an instruction; <paramref name="accepted"/> is null where the policy does not understand it.</summary>
    public InstructionCheck Check(string instruction, out Instruction? accepted)
    {
        accepted = null;
        var text = _prompt.Template.Replace(PromptManifest.InstructionPlaceholder, instruction, StringComparison.Ordinal);
        var (ids, unknown) = _words.Encode(text);
        var outcome = string.IsNullOrWhiteSpace(instruction) ? InstructionOutcome.Empty
            : unknown.Count > 0 ? InstructionOutcome.UnknownWords
            : ids.Count > _prompt.InstructionTokens ? InstructionOutcome.TooLong
            : InstructionOutcome.Accepted;
        if (outcome == InstructionOutcome.Accepted) accepted = new Instruction(instruction, Pad(ids));
        return new InstructionCheck(outcome, unknown, ids.Count, _prompt.InstructionTokens);
    }

    /// <summary>An instruction without words: what the graphs are probed and rehearsed with.</summary>
    public Instruction Blank => new("", Pad([]));

    private long[] Pad(IReadOnlyList<int> ids)
    {
        var tokens = new long[_prompt.InstructionTokens];
        for (var position = 0; position < tokens.Length; position++)
            tokens[position] = position < ids.Count ? ids[position] : _padToken;
        return tokens;
    }
}
