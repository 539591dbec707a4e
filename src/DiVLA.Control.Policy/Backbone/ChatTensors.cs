using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Onnx;
using DiVLA.Control.Policy.Onnx.Devices;
using DiVLA.Control.Policy.Reasoning;

namespace DiVLA.Control.Policy.Backbone;

/// <summary>The prompt of a chat: the text after the last picture, the draft right behind it, then filling that nothing reads.</summary>
internal sealed class ChatTensors : IPromptTensors
{
    private readonly GraphTensor<long> _text;
    private readonly GraphTensor<long> _textLength;
    private readonly GraphTensor<long> _draftLength;
    private readonly int _padToken;

    /// <param name="manifest">The policy.</param>
    /// <param name="device">Where graphs run; null for the host.</param>
    public ChatTensors(PolicyManifest manifest, DeviceMemory? device)
    {
        _padToken = manifest.SpecialTokens.Pad;
        _text = new GraphTensor<long>(device, 1, manifest.Prompt.InstructionTokens + manifest.Prompt.MaxPhraseTokens);
        (_textLength, _draftLength) = (new GraphTensor<long>(device, 1), new GraphTensor<long>(device, 1));
    }

    /// <inheritdoc/>
    public IEnumerable<(string Name, GraphTensor Tensor)> Named =>
        [("text_tokens", _text), ("text_length", _textLength), ("draft_length", _draftLength)];

    /// <inheritdoc/>
    public void Write(Instruction instruction, ReadOnlySpan<int> draft)
    {
        var text = _text.Span;
        var length = instruction.Tokens.Length;
        instruction.Tokens.CopyTo(text);
        for (var position = length; position < text.Length; position++)
            text[position] = position - length < draft.Length ? draft[position - length] : _padToken;
        (_textLength.Span[0], _draftLength.Span[0]) = (length, draft.Length);
        _text.Upload();
        _textLength.Upload();
        _draftLength.Upload();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _text.Dispose();
        _textLength.Dispose();
        _draftLength.Dispose();
    }
}
