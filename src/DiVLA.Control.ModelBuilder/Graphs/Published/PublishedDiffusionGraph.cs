using System.Diagnostics;
using DiVLA.Control.ModelBuilder.Checkpoints.Published;
using DiVLA.Control.ModelBuilder.Graphs.ScaleDp;
using DiVLA.Control.ModelBuilder.Graphs.Unet;
using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.ModelBuilder.Graphs;

/// <summary>`diffusion.onnx` of a published checkpoint: Film, then all sampling steps of its head unrolled.</summary>
/// <remarks>
/// <code>
///  prompt_mean, reasoning_mean ─► Film ─► condition ─┬─► head: what depends on the condition alone      once
///  state ────────────────────────────────────────────┘            │
///  noise ─► x ─┬─► head: epsilon of this step ─► scheduler ─┬─► next step
///              └────────────────────────────────────────────┘  └─► latent: normalised actions in [-1, 1]
/// </code>
/// Samples are fp32 from step to step; a head of 16 bits reads and answers in its own type.
/// </remarks>
internal sealed class PublishedDiffusionGraph
{
    private readonly GraphBuilder _graph;
    private readonly PolicyHeadConfig _head;
    private readonly DdimSteps _scheduler;
    private readonly List<TracedStep> _trace = [];
    private IDenoiser _denoiser = null!;
    private Value _condition;

    private PublishedDiffusionGraph(GraphBuilder graph, PolicyHeadConfig head)
    {
        (_graph, _head) = (graph, head);
        _scheduler = new DdimSteps(graph, head.Scheduler);
    }

    /// <summary>Adds the whole stage to an empty graph.</summary>
    public static void Build(GraphBuilder graph, PolicyHeadConfig head) => new PublishedDiffusionGraph(graph, head).Build();

    /// <summary>The same graph with more outputs: `condition [1, D]`, and of every step k `epsilon.k` and `sample.k`, `[1, H, A]`.</summary>
    public static void BuildTraced(GraphBuilder graph, PolicyHeadConfig head)
    {
        var traced = new PublishedDiffusionGraph(graph, head);
        traced.Build();
        traced.OutputTrace();
    }

    private long[] ActionShape => [1, _head.Horizon, _head.ActionSize];

    private void Build()
    {
        var promptMean = _graph.Input("prompt_mean", TensorDtype.F32, 1, _head.ConditionSize);
        var reasoningMean = _graph.Input("reasoning_mean", TensorDtype.F32, 1, _head.ConditionSize);
        var state = _graph.Input("state", TensorDtype.F32, 1, _head.StateSize);
        var noise = _graph.Input("noise", TensorDtype.F32, ActionShape);

        _condition = FilmGraph.Build(
            _graph, _head.ConditionSize, _graph.FromSingle("/prompt_mean", promptMean), _graph.FromSingle("/reasoning_mean", reasoningMean));
        _denoiser = Denoiser(_condition, _graph.FromSingle("/state", state));
        var sample = _denoiser.Enter("/noise", noise);
        for (var step = 0; step < _scheduler.Timesteps.Count; step++) sample = Step(step, sample);
        _graph.Output(_denoiser.Leave("/latent", sample), "latent", TensorDtype.F32, ActionShape);
    }

    private IDenoiser Denoiser(Value condition, Value state) => _head switch
    {
        UnetHeadConfig unet => new UnetDenoiser(_graph, unet, _scheduler.Timesteps, condition, state),
        ScaleDpHeadConfig scaleDp => new ScaleDpDenoiser(_graph, scaleDp, _scheduler.Timesteps, condition, state),
        _ => throw new UnreachableException(),
    };

    private Value Step(int step, Value sample)
    {
        var path = $"/steps.{step}";
        var epsilon = _graph.Widen($"{path}/epsilon", _denoiser.Epsilon(path, step, _graph.FromSingle($"{path}/sample", sample)));
        var next = _scheduler.Advance($"{path}/scheduler", step, sample, epsilon);
        _trace.Add(new TracedStep(epsilon, next));
        return next;
    }

    private void OutputTrace()
    {
        _graph.Output(_graph.Widen("/trace/condition", _condition), "condition", TensorDtype.F32, 1, _head.ConditionSize);
        for (var step = 0; step < _trace.Count; step++)
        {
            _graph.Output(_denoiser.Leave($"/trace/epsilon.{step}", _trace[step].Epsilon), $"epsilon.{step}", TensorDtype.F32, ActionShape);
            _graph.Output(_denoiser.Leave($"/trace/sample.{step}", _trace[step].Sample), $"sample.{step}", TensorDtype.F32, ActionShape);
        }
    }

    private readonly record struct TracedStep(Value Epsilon, Value Sample);
}
