using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Onnx;
using DiVLA.Control.Policy.Onnx.Devices;
using DiVLA.Control.Policy.Reasoning;

namespace DiVLA.Control.Policy.Backbone;

/// <summary>The prompt of the default architecture: instruction and draft in places of their own, the state beside them.</summary>
internal sealed class InstructionTensors : IPromptTensors
{
    private readonly GraphTensor<long> _instruction;
    private readonly GraphTensor<float> _state;
    private readonly GraphTensor<long> _draft;
    private readonly GraphTensor<long> _draftLength;
    private readonly int _padToken;

    /// <param name="manifest">The policy.</param>
    /// <param name="state">Read where the stage before has left it.</param>
    /// <param name="device">Where graphs run; null for the host.</param>
    public InstructionTensors(PolicyManifest manifest, GraphTensor<float> state, DeviceMemory? device)
    {
        _padToken = manifest.SpecialTokens.Pad;
        _instruction = new GraphTensor<long>(device, 1, manifest.Prompt.InstructionTokens);
        _state = state;
        _draft = new GraphTensor<long>(device, 1, manifest.Prompt.MaxPhraseTokens);
        _draftLength = new GraphTensor<long>(device, 1);
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
        _instruction.Upload();
        _draft.Upload();
        _draftLength.Upload();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _instruction.Dispose();
        _draft.Dispose();
        _draftLength.Dispose();
    }
}
