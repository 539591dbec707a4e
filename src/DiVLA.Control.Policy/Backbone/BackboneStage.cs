using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Onnx;
using DiVLA.Control.Policy.Reasoning;

namespace DiVLA.Control.Policy.Backbone;

/// <summary>Frames, instruction, state and draft phrase to the KV cache, two mean hidden states, and what the model would say.</summary>
internal sealed class BackboneStage : IDisposable
{
    private readonly GraphTensor<long> _instruction;
    private readonly GraphTensor<long> _draft;
    private readonly GraphTensor<long> _draftLength = new(1);
    private readonly GraphTensor<float> _phraseHidden;
    private readonly GraphRunner _runner;
    private readonly int _padToken;

    /// <summary>Reads `frames` and `state` where the stages before have left them.</summary>
    public BackboneStage(OnnxGraph graph, PolicyManifest manifest, GraphTensor<byte> frames, GraphTensor<float> state)
    {
        var (phrase, width) = (manifest.Prompt.MaxPhraseTokens, manifest.Decoder.HiddenSize);
        _padToken = manifest.SpecialTokens.Pad;
        _instruction = new GraphTensor<long>(1, manifest.Prompt.InstructionTokens);
        _draft = new GraphTensor<long>(1, phrase);
        _phraseHidden = new GraphTensor<float>(1, phrase, width);
        PromptMean = new GraphTensor<float>(1, width);
        ReasoningMean = new GraphTensor<float>(1, width);
        DraftArgmax = new GraphTensor<long>(1, phrase + 1);
        Presence = manifest.Scene is { } scene ? new GraphTensor<float>(1, scene.Kinds.Length) : null;
        Cache = new KeyValueCache(manifest.Decoder);
        _runner = new GraphRunner(
            graph,
            [("frames", frames), ("instruction_tokens", _instruction), ("state", state), ("draft_tokens", _draft), ("draft_length", _draftLength)],
            [
                ("prompt_mean", PromptMean), ("draft_argmax", DraftArgmax), ("reasoning_mean", ReasoningMean), ("phrase_hidden", _phraseHidden),
                .. Presence is null ? Array.Empty<(string, GraphTensor)>() : [("presence", Presence)], .. Cache.Named(""),
            ]);
    }

    /// <summary>`[1, D]`</summary>
    public GraphTensor<float> PromptMean { get; }

    /// <summary>`[1, D]`, zero without a draft.</summary>
    public GraphTensor<float> ReasoningMean { get; }

    /// <summary>`[1, P + 1]`: what greedy decoding would say after the prompt and after each draft token.</summary>
    public GraphTensor<long> DraftArgmax { get; }

    /// <summary>`[1, K]`: how likely each kind of object is in the picture, 0 to 1; null where the policy has no presence head.</summary>
    public GraphTensor<float>? Presence { get; }

    public KeyValueCache Cache { get; }

    /// <summary>Runs the prompt and the draft in one pass.</summary>
    public PolicyFault Run(in Draft draft)
    {
        if (draft.Instruction is null) return new PolicyFault(PolicyOutcome.AwaitingPhrase, PolicyStage.Backbone);
        Prefill(draft.Instruction, draft.Tokens);
        return Finite.All(PromptMean.Span) ? default : new PolicyFault(PolicyOutcome.NonFinite, PolicyStage.Backbone);
    }

    /// <summary>Fills the cache and the outputs.</summary>
    public void Prefill(Instruction instruction, ReadOnlySpan<int> draft)
    {
        instruction.Tokens.CopyTo(_instruction.Span);
        var tokens = _draft.Span;
        for (var position = 0; position < tokens.Length; position++)
            tokens[position] = position < draft.Length ? draft[position] : _padToken;
        _draftLength.Span[0] = draft.Length;
        _runner.Run();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _runner.Dispose();
        _instruction.Dispose();
        _draft.Dispose();
        _draftLength.Dispose();
        _phraseHidden.Dispose();
        PromptMean.Dispose();
        ReasoningMean.Dispose();
        DraftArgmax.Dispose();
        Presence?.Dispose();
        Cache.Dispose();
    }
}
