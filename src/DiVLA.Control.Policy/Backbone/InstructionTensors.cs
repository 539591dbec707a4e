using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Onnx;
using DiVLA.Control.Policy.Reasoning;

namespace DiVLA.Control.Policy.Backbone;

/// <summary>The prompt of the default architecture: instruction and draft in places of their own, the state beside them.</summary>
internal sealed class InstructionTensors : IPromptTensors
{
    private readonly GraphTensor<long> _instruction;
    private readonly GraphTensor<float> _state;
    private readonly GraphTensor<long> _draft;
    private readonly GraphTensor<long> _draftLength = new(1);
    private readonly int _padToken;

    /// <summary>Reads `state` where the stage before has left it.</summary>
    public InstructionTensors(PolicyManifest manifest, GraphTensor<float> state)
    {
        _padToken = manifest.SpecialTokens.Pad;
        _instruction = new GraphTensor<long>(1, manifest.Prompt.InstructionTokens);
        _state = state;
        _draft = new GraphTensor<long>(1, manifest.Prompt.MaxPhraseTokens);
    }

    /// <inheritdoc/>
    public IEnumerable<(string Name, GraphTensor Tensor)> Named =>
        [("instruction_tokens", _instruction), ("state", _state), ("draft_tokens", _draft), ("draft_length", _draftLength)];

    /// <inheritdoc/>
    public void Write(Instruction instruction, ReadOnlySpan<int> draft)
    {
        instruction.Tokens.CopyTo(_instruction.Span);
        var tokens = _draft.Span;
        for (var position = 0; position < tokens.Length; position++)
            tokens[position] = position < draft.Length ? draft[position] : _padToken;
        _draftLength.Span[0] = draft.Length;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _instruction.Dispose();
        _draft.Dispose();
        _draftLength.Dispose();
    }
}
