using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Reasoning;

namespace DiVLA.Control.Policy.Tokenizer;

/// <summary>The prompt of the default architecture: the instruction, padded.</summary>
internal sealed class InstructionPrompt : IPrompt
{
    private readonly ITextTokenizer _words;
    private readonly PromptManifest _prompt;
    private readonly int _padToken;
    private readonly int _length;

    public InstructionPrompt(ITextTokenizer words, PolicyManifest manifest) =>
        (_words, _prompt, _padToken, _length) = (words, manifest.Prompt, manifest.SpecialTokens.Pad, manifest.PromptLength);

    /// <inheritdoc/>
    public InstructionCheck Check(string instruction, out Instruction? accepted)
    {
        accepted = null;
        var text = _prompt.Template.Replace(PromptManifest.InstructionPlaceholder, instruction, StringComparison.Ordinal);
        var (ids, unknown) = _words.Encode(text);
        var outcome = string.IsNullOrWhiteSpace(instruction) ? InstructionOutcome.Empty
            : unknown.Count > 0 ? InstructionOutcome.UnknownWords
            : ids.Count > _prompt.InstructionTokens ? InstructionOutcome.TooLong
            : InstructionOutcome.Accepted;
        if (outcome == InstructionOutcome.Accepted) accepted = new Instruction(instruction, Pad(ids), _length);
        return new InstructionCheck(outcome, unknown, ids.Count, _prompt.InstructionTokens);
    }

    /// <inheritdoc/>
    public Instruction Blank => new("", Pad([]), _length);

    private long[] Pad(IReadOnlyList<int> ids)
    {
        var tokens = new long[_prompt.InstructionTokens];
        for (var position = 0; position < tokens.Length; position++)
            tokens[position] = position < ids.Count ? ids[position] : _padToken;
        return tokens;
    }
}
