using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Reasoning;

namespace DiVLA.Control.Policy.Tokenizer;

/// <summary>The prompt of a chat: all of its text behind the last picture, as long as the instruction makes it.</summary>
internal sealed class ChatPrompt : IPrompt
{
    private readonly ITextTokenizer _tokenizer;
    private readonly int _maxTokens;
    private readonly int _prefixLength;
    private readonly IReadOnlyList<int> _before;
    private readonly IReadOnlyList<int> _after;

    public ChatPrompt(ITextTokenizer tokenizer, PolicyManifest manifest)
    {
        var text = ChatText.Parse(manifest.Prompt.Template);
        (_tokenizer, _maxTokens, _prefixLength) = (tokenizer, manifest.Prompt.InstructionTokens, manifest.PrefixLength);
        _before = tokenizer.Encode(text.Before).Ids;
        _after = tokenizer.Encode(text.After).Ids;
    }

    /// <inheritdoc/>
    public Instruction Blank => Around("", []);

    /// <inheritdoc/>
    public InstructionCheck Check(string instruction, out Instruction? accepted)
    {
        var (ids, forbidden) = _tokenizer.Encode(instruction);
        var whole = Around(instruction, ids);
        var outcome = string.IsNullOrWhiteSpace(instruction) ? InstructionOutcome.Empty
            : forbidden.Count > 0 ? InstructionOutcome.UnknownWords
            : whole.Tokens.Length > _maxTokens ? InstructionOutcome.TooLong
            : InstructionOutcome.Accepted;
        accepted = outcome == InstructionOutcome.Accepted ? whole : null;
        return new InstructionCheck(outcome, forbidden, whole.Tokens.Length, _maxTokens);
    }

    private Instruction Around(string instruction, IReadOnlyList<int> ids)
    {
        long[] tokens = [.. _before, .. ids, .. _after];
        return new Instruction(instruction, tokens, _prefixLength + tokens.Length);
    }
}
