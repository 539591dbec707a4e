using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Decode;
using DiVLA.Control.Policy.Onnx;
using DiVLA.Control.Policy.Reasoning;

namespace DiVLA.Control.Policy.Backbone;

/// <summary>Frames, instruction, state and draft phrase to the KV cache, two mean hidden states, and what the model would say.</summary>
internal sealed class BackboneStage : IDisposable
{
    private readonly CameraTensors _frames;
    private readonly IPromptTensors _prompt;
    private readonly GraphTensor<float> _phraseHidden;
    private readonly GraphRunner _runner;

    /// <summary>Reads `frames` and `state` where the stages before have left them.</summary>
    public BackboneStage(OnnxGraph graph, PolicyManifest manifest, CameraTensors frames, GraphTensor<float> state)
    {
        var (phrase, width, device) = (manifest.Prompt.MaxPhraseTokens, manifest.Decoder.HiddenSize, graph.Device);
        _frames = frames;
        _prompt = manifest.Prompt.Kind == PromptKind.Chat ? new ChatTensors(manifest, device) : new InstructionTensors(manifest, state, device);
        _phraseHidden = new GraphTensor<float>(device, 1, phrase, width);
        PromptMean = new GraphTensor<float>(device, 1, width);
        ReasoningMean = new GraphTensor<float>(device, 1, width);
        DraftArgmax = new GraphTensor<long>(device, 1, phrase + 1);
        Presence = manifest.Scene is { } scene ? new GraphTensor<float>(device, 1, scene.Kinds.Length) : null;
        Cache = new KeyValueCache(manifest.Decoder, device);
        _runner = new GraphRunner(
            graph,
            [.. frames.Named, .. _prompt.Named],
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

    /// <summary>Fills the cache, where graphs run, and the outputs, on the host as well.</summary>
    public void Prefill(Instruction instruction, ReadOnlySpan<int> draft)
    {
        _frames.Upload();
        _prompt.Write(instruction, draft);
        _runner.Run();
        PromptMean.Download();
        ReasoningMean.Download();
        DraftArgmax.Download();
        Presence?.Download();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _runner.Dispose();
        _prompt.Dispose();
        _phraseHidden.Dispose();
        PromptMean.Dispose();
        ReasoningMean.Dispose();
        DraftArgmax.Dispose();
        Presence?.Dispose();
        Cache.Dispose();
    }
}
