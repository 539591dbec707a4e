using DiVLA.Control.Policy.Backbone;
using DiVLA.Control.Policy.Decode;
using DiVLA.Control.Policy.Onnx;

namespace DiVLA.Control.Policy.Reasoning;

/// <summary>Keeps the phrase fresh: verifies the draft at every inference and has a new one decoded beside the control path.</summary>
/// <remarks>
/// A new instruction takes effect together with its first phrase. Until that is decoded, actions go on under the old instruction and its
/// phrase, marked pending: instruction and phrase never contradict each other, which the head has not seen in training. A session's first
/// instruction has nothing to go on with, so its inferences end in <see cref="PolicyOutcome.AwaitingPhrase"/>.
/// </remarks>
internal sealed class ReasoningStage
{
    private readonly BackboneStage _backbone;
    private readonly ReasoningDecoder _decoder;
    private readonly PinBoard _pins;
    private readonly CameraTensors _frames;
    private readonly GraphTensor<float> _state;
    private readonly int _endToken;
    private Instruction? _wanted;

    public ReasoningStage(
        BackboneStage backbone, ReasoningDecoder decoder, PinBoard pins, CameraTensors frames, GraphTensor<float> state, int endToken)
    {
        _backbone = backbone;
        _decoder = decoder;
        _pins = pins;
        _frames = frames;
        _state = state;
        _endToken = endToken;
    }

    /// <summary>Asks for another instruction. Any thread. The same words again change nothing.</summary>
    public void Want(Instruction instruction)
    {
        if (Volatile.Read(ref _wanted)?.Text != instruction.Text) Volatile.Write(ref _wanted, instruction);
    }

    /// <summary>What this inference rests on: the newest complete phrase and the instruction that it was said under.</summary>
    public Draft ChooseDraft()
    {
        var phrase = _decoder.Current;
        return new Draft(phrase?.Said ?? Volatile.Read(ref _wanted), phrase);
    }

    /// <summary>Verifies the draft against what the backbone has just said, and names the phrase in the result.</summary>
    public PolicyFault Run(in Draft draft, ulong sequence, PolicyTrajectory result)
    {
        result.Phrase = draft.Phrase;
        result.PhraseState = Verify(draft, sequence);
        if (!Finite.All(_backbone.ReasoningMean.Span)) return new PolicyFault(PolicyOutcome.NonFinite, PolicyStage.Reasoning);
        return _decoder.TakeFault();
    }

    private PhraseState Verify(in Draft draft, ulong sequence)
    {
        var (wanted, pin) = (Volatile.Read(ref _wanted)!, _pins.Current);
        if (!ReferenceEquals(wanted, draft.Instruction))
        {
            _decoder.RestartFromPolicy(_frames, _state.Span, wanted, pin, sequence);
            return PhraseState.Pending;
        }
        var verdict = DraftVerification.Compare(_backbone.DraftArgmax.Span, draft.Tokens, _endToken, pin?.Constraint);
        // Words that hold under another pin are said anew, so that the record tells whose they are.
        if (!verdict.IsVerified || !ReferenceEquals(draft.Phrase?.Pin, pin))
            _decoder.ContinueFromPolicy(_backbone, wanted, pin, draft.Tokens, verdict, sequence);
        if (draft.Phrase is null) return PhraseState.None;
        if (!verdict.IsVerified) return PhraseState.Pending;
        return pin is { Constraint.IsVerbatim: true } ? PhraseState.Pinned : PhraseState.Verified;
    }
}
