using DiVLA.Control.Robot;

namespace DiVLA.Control.Policy;

/// <summary>Book-keeping of one inference: which step runs, how long each took, and the first fault.</summary>
internal sealed class InferencePass
{
    private readonly TimeProvider _clock;
    private readonly long[] _elapsedNs = new long[Enum.GetValues<InferenceStep>().Length];
    private PolicyTrajectory _result = null!;
    private MonotonicTime _stepBegan;
    private InferenceStep _step;

    public InferencePass(TimeProvider clock) => _clock = clock;

    public void Begin(in Observation observation, PolicyTrajectory result)
    {
        _result = result;
        result.Begin(observation);
        Array.Clear(_elapsedNs);
        _step = InferenceStep.Decode;
        _stepBegan = MonotonicTime.Now(_clock);
    }

    /// <summary>Notes that a step has ended; true where the next may follow.</summary>
    public bool Ended(InferenceStep step, in PolicyFault fault)
    {
        var now = MonotonicTime.Now(_clock);
        _elapsedNs[(int)step] = now - _stepBegan;
        (_stepBegan, _step) = (now, step + 1);
        _result.Fault = fault;
        return fault.Outcome == PolicyOutcome.Ok;
    }

    /// <summary>Notes that ONNX Runtime or its device failed in the step that has begun.</summary>
    public void Failed(Exception error) => Ended(_step, new PolicyFault(PolicyOutcome.RuntimeFailure, StageOf(_step), Error: error));

    /// <summary>Hands the times over to the result.</summary>
    public PolicyOutcome End()
    {
        _result.StageTimes = new PolicyStageTimes
        {
            DecodeNs = _elapsedNs[(int)InferenceStep.Decode],
            EmbodimentInNs = _elapsedNs[(int)InferenceStep.EmbodimentIn],
            BackboneNs = _elapsedNs[(int)InferenceStep.Backbone],
            ReasoningNs = _elapsedNs[(int)InferenceStep.Reasoning],
            FilmNs = _elapsedNs[(int)InferenceStep.Film],
            DiffusionNs = _elapsedNs[(int)InferenceStep.Diffusion],
            EmbodimentOutNs = _elapsedNs[(int)InferenceStep.EmbodimentOut],
        };
        return _result.Outcome;
    }

    private static PolicyStage StageOf(InferenceStep step) => step switch
    {
        InferenceStep.Decode => PolicyStage.Decode,
        InferenceStep.Backbone => PolicyStage.Backbone,
        InferenceStep.Reasoning => PolicyStage.Reasoning,
        InferenceStep.Film => PolicyStage.Film,
        InferenceStep.Diffusion => PolicyStage.Diffusion,
        _ => PolicyStage.Embodiment,
    };
}

/// <summary>The steps of an inference, in their order: the stages, with Embodiment's two halves apart.</summary>
internal enum InferenceStep
{
    Decode,
    EmbodimentIn,
    Backbone,
    Reasoning,
    Film,
    Diffusion,
    EmbodimentOut,
}
