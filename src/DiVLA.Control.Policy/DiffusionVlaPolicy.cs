using DiVLA.Control.Policy.Ablation;
using DiVLA.Control.Policy.Backbone;
using DiVLA.Control.Policy.Decode;
using DiVLA.Control.Policy.Diffusion;
using DiVLA.Control.Policy.Embodiment;
using DiVLA.Control.Policy.Film;
using DiVLA.Control.Policy.Onnx.Devices;
using DiVLA.Control.Policy.Reasoning;
using DiVLA.Control.Robot;
using Microsoft.ML.OnnxRuntime;

namespace DiVLA.Control.Policy;

/// <summary>The model path of one session and one arm. Made by <see cref="Bundle.PolicyBundle"/>.</summary>
public sealed class DiffusionVlaPolicy : IDisposable
{
    private readonly PolicyParts _parts;
    private readonly TimeProvider _clock;
    private readonly InferencePass _pass;
    private readonly AppliedAblation? _ablation;
    private readonly ObservationCheck _check;
    private readonly DecodeStage _decode;
    private readonly IEmbodimentState _state;
    private readonly BackboneStage _backbone;
    private readonly SceneWatch _scene;
    private readonly ReasoningDecoder _decoder;
    private readonly PinBoard _pins;
    private readonly ReasoningStage _reasoning;
    private readonly FilmStage _film;
    private readonly DiffusionStage _diffusion;
    private readonly EmbodimentStage _embodiment;

    internal DiffusionVlaPolicy(PolicyParts parts, ulong noiseSeed, TimeProvider clock)
    {
        _parts = parts;
        var (manifest, graphs, options) = (parts.Manifest, parts.Graphs.Share(), parts.Options);
        _clock = clock;
        _pass = new InferencePass(clock);
        _ablation = options.Ablation is { } ablation ? new AppliedAblation(ablation, manifest, parts.Prompt, noiseSeed) : null;
        _check = new ObservationCheck(options.MaxObservationAge);
        _decode = new DecodeStage(manifest, graphs.Device);
        _state = EmbodimentKinds.CreateState(parts.Profile, graphs.Device);
        _backbone = new BackboneStage(graphs.Backbone, manifest, _decode.Frames, _state.State);
        _scene = new SceneWatch(manifest.Scene, options.Scene);
        _decoder = new ReasoningDecoder(graphs, manifest, parts.Words, clock);
        var grammar = new PhraseGrammar(manifest, parts.Words);
        _pins = new PinBoard(grammar, new PinCompiler(grammar, manifest.SpecialTokens.Eos), _scene, _decoder, clock);
        _reasoning = new ReasoningStage(_backbone, _decoder, _pins, _decode.Frames, _state.State, manifest.SpecialTokens.Eos);
        _film = new FilmStage(_backbone.PromptMean, _backbone.ReasoningMean, _ablation);
        _diffusion = new DiffusionStage(graphs.Diffusion, manifest.Latent, _film, _state.State, noiseSeed, options.Noise);
        var check = EmbodimentKinds.CreateCheck(parts.Profile, manifest.Latent, options.Embodiment);
        _embodiment = new EmbodimentStage(parts.Embodiment.Graph, parts.Profile.JointCount, _diffusion.Latent, check);
    }

    /// <summary>The arm that this policy drives.</summary>
    public EmbodimentProfile Embodiment => _parts.Profile;

    /// <summary>The newest complete phrase; null before the first one. Any thread.</summary>
    public ReasoningPhrase? CurrentPhrase => _decoder.Current;

    /// <summary>What an operator holds of the phrase; null where nothing. Any thread.</summary>
    public PhrasePin? CurrentPin => _pins.Current;

    /// <summary>Makes a trajectory to be filled by <see cref="InferFromPolicyThread"/>.</summary>
    public PolicyTrajectory CreateTrajectory() =>
        new(_parts.Manifest.Latent.Horizon, _parts.Manifest.SamplePeriodTicks, _parts.Manifest.ControlRateHz);

    /// <summary>Gives a new instruction. Any thread; never waits.</summary>
    /// <remarks>
    /// It takes effect together with its first phrase, which is decoded beside the control path: until then plans go on under the old
    /// instruction. A session's first instruction has nothing to go on with, so inferences end in <see cref="PolicyOutcome.AwaitingPhrase"/>.
    /// </remarks>
    public InstructionCheck SetInstruction(string instruction)
    {
        var check = _parts.Prompt.Check(instruction, out var accepted);
        if (accepted is not null) Want(_ablation?.Read(accepted) ?? accepted);
        return check;
    }

    /// <summary>Holds words of the phrase for an operator, in place of what was held before. Any thread; never waits.</summary>
    /// <remarks>It takes effect together with the phrase that says it, which is decoded beside the control path. It outlives new instructions.</remarks>
    public PinCheck Pin(PinRequest request) => _pins.Pin(request);

    /// <summary>Lets the policy speak for itself again: the instruction rules from the next phrase on. Any thread; never waits.</summary>
    /// <returns>What was held; null where nothing was.</returns>
    public PhrasePin? ReleasePin() => _pins.Release();

    /// <summary>Plans from an observation. Always called by the same thread.</summary>
    /// <remarks>Does not allocate after warm-up with RGB8 frames; a JPEG or PNG frame costs a few small objects.</remarks>
    public PolicyOutcome InferFromPolicyThread(in Observation observation, PolicyTrajectory result)
    {
        _pass.Begin(observation, result);
        try
        {
            RunStages(observation, result);
        }
        catch (Exception error) when (error is OnnxRuntimeException or DeviceException)
        {
            _pass.Failed(error);
        }
        return _pass.End();
    }

    /// <summary>Blocks until no phrase is being decoded.</summary>
    /// <remarks>For callers without a deadline, such as evaluation; never for the policy thread of a live robot.</remarks>
    public void WaitForPhrase() => _decoder.WaitUntilIdle();

    /// <inheritdoc/>
    public void Dispose()
    {
        _decoder.Dispose();
        _embodiment.Dispose();
        _diffusion.Dispose();
        _backbone.Dispose();
        _state.Dispose();
        _decode.Dispose();
        _parts.Graphs.Release();
    }

    /// <summary>Starts the sampler from this noise `[H, L]`, for comparing with what was computed elsewhere.</summary>
    internal void UseNoise(ReadOnlySpan<float> noise) => _diffusion.UseNoise(noise);

    internal void Want(Instruction instruction) => _reasoning.Want(instruction);

    private void RunStages(in Observation observation, PolicyTrajectory result)
    {
        var draft = _reasoning.ChooseDraft();
        _ = Ended(InferenceStep.Decode, Decode(observation))                                        // JPEG, PNG, RGB8 -> pictures uint8 [h, w, 3]
            && Ended(InferenceStep.EmbodimentIn, _state.Run(observation.State))                     // joints, gripper -> state [1, S]
            && Ended(InferenceStep.Backbone, _backbone.Run(draft))                                  // -> KV cache, means [1, D], argmax
            && Ended(InferenceStep.Reasoning, Reason(draft, observation, result))                   // argmax = draft? -> phrase
            && Ended(InferenceStep.Film, _film.Run(draft))                                          // means -> condition
            && Ended(InferenceStep.Diffusion, _diffusion.Run())                                     // condition, noise -> latent [1, H, L]
            && Ended(InferenceStep.EmbodimentOut, _embodiment.Run(observation.State, result));      // latent, joints -> H x (n + gripper)
    }

    private bool Ended(InferenceStep step, in PolicyFault fault) => _pass.Ended(step, fault);

    private PolicyFault Reason(in Draft draft, in Observation observation, PolicyTrajectory result)
    {
        _scene.SeeFromPolicyThread(_backbone.Presence is { } presence ? presence.Span : default, observation.CapturedAt, observation.State.IsHolding);
        return _reasoning.Run(draft, observation.Sequence, result);
    }

    private PolicyFault Decode(in Observation observation)
    {
        var report = _check.Check(observation.CapturedAt, MonotonicTime.Now(_clock));
        if (report.Outcome == FrameOutcome.Ok) report = _decode.Run(observation.Frames);
        _ablation?.AlterFrames(_decode.Frames);
        return report.Outcome == FrameOutcome.Ok
            ? default
            : new PolicyFault(PolicyOutcome.RejectedFrame, PolicyStage.Decode, Frame: report);
    }
}
