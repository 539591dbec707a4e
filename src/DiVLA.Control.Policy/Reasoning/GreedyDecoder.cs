using DiVLA.Control.Policy.Backbone;
using DiVLA.Control.Policy.Decode;
using DiVLA.Control.Policy.Embodiment;

namespace DiVLA.Control.Policy.Reasoning;

/// <summary>Plain greedy decoding from one observation: no draft, no other thread. What every verified phrase must equal.</summary>
/// <remarks>Takes as long as it takes; for evaluation and tests, never for a control path. Used by one thread.</remarks>
public sealed class GreedyDecoder : IDisposable
{
    private readonly PolicyParts _parts;
    private readonly DecodeStage _decode;
    private readonly IEmbodimentState _state;
    private readonly BackboneStage _backbone;
    private readonly TokenDecoder _tokens;

    internal GreedyDecoder(PolicyParts parts)
    {
        _parts = parts;
        var graphs = parts.Graphs.Share();
        _decode = new DecodeStage(parts.Manifest, graphs.Device);
        _state = EmbodimentKinds.CreateState(parts.Profile, graphs.Device);
        _backbone = new BackboneStage(graphs.Backbone, parts.Manifest, _decode.Frames, _state.State);
        _tokens = new TokenDecoder(graphs.Reasoning, parts.Manifest, _backbone.Cache);
    }

    /// <summary>The phrase that the policy says about an observation under an instruction, in words.</summary>
    /// <exception cref="ArgumentException">The policy does not understand the instruction, or cannot use the observation.</exception>
    public string Decode(string instruction, in Observation observation)
    {
        var check = _parts.Prompt.Check(instruction, out var accepted);
        if (accepted is null) throw new ArgumentException(check.Describe(), nameof(instruction));
        return _parts.Words.Decode(DecodeTokens(accepted, observation));
    }

    /// <summary>Mean hidden state `[D]` of that phrase: what Film would read.</summary>
    /// <exception cref="ArgumentException">The policy does not understand the instruction, or cannot use the observation.</exception>
    public float[] DecodeMean(string instruction, in Observation observation)
    {
        var check = _parts.Prompt.Check(instruction, out var accepted);
        if (accepted is null) throw new ArgumentException(check.Describe(), nameof(instruction));
        _backbone.Prefill(accepted, DecodeTokens(accepted, observation));
        return _backbone.ReasoningMean.Span.ToArray();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tokens.Dispose();
        _backbone.Dispose();
        _state.Dispose();
        _decode.Dispose();
        _parts.Graphs.Release();
    }

    internal int[] DecodeTokens(Instruction instruction, in Observation observation, PinConstraint? pin = null)
    {
        var frames = _decode.Run(observation.Frames);
        if (frames.Outcome != FrameOutcome.Ok) throw new ArgumentException(frames.Describe(), nameof(observation));
        var state = _state.Run(observation.State);
        if (state.Outcome != PolicyOutcome.Ok) throw new ArgumentException(state.Describe(), nameof(observation));

        _backbone.Prefill(instruction, default);
        var phrase = new int[_parts.Manifest.Prompt.MaxPhraseTokens];
        var decoded = _tokens.Continue(phrase, instruction.PromptLength, 0, (int)_backbone.DraftArgmax.Span[0], pin);
        return phrase[..decoded.Length];
    }
}
