using DiVLA.Control.ModelBuilder.Checkpoints.Published;
using DiVLA.Control.ModelBuilder.Graphs;
using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.TestSupport.Heads;

/// <summary>`diffusion.onnx` of a published head as its code reads: every step computes everything anew. What the rewritten graph is compared with.</summary>
internal static class PlainDiffusion
{
    public static void Build(GraphBuilder graph, PolicyHeadConfig head, Rewrites rewrites)
    {
        var promptMean = graph.Input("prompt_mean", TensorDtype.F32, 1, head.ConditionSize);
        var reasoningMean = graph.Input("reasoning_mean", TensorDtype.F32, 1, head.ConditionSize);
        var state = graph.Input("state", TensorDtype.F32, 1, head.StateSize);
        var sample = graph.Input("noise", TensorDtype.F32, 1, head.Horizon, head.ActionSize);

        var inputs = new PlainInputs(FilmGraph.Build(graph, head.ConditionSize, promptMean, reasoningMean), state);
        var scheduler = new DdimSteps(graph, head.Scheduler);
        IPlainHead plain = head is UnetHeadConfig unet
            ? new PlainUnet(graph, unet, rewrites, inputs)
            : new PlainScaleDp(graph, (ScaleDpHeadConfig)head, rewrites, inputs);
        for (var step = 0; step < scheduler.Timesteps.Count; step++)
        {
            var path = $"/steps.{step}";
            sample = scheduler.Advance($"{path}/scheduler", step, sample, plain.Epsilon(path, scheduler.Timesteps[step], sample));
        }
        graph.Output(sample, "latent", TensorDtype.F32, 1, head.Horizon, head.ActionSize);
    }
}

/// <summary>What a head takes beside the sample.</summary>
internal readonly record struct PlainInputs(Value Condition, Value State);

/// <summary>A head, step by step.</summary>
internal interface IPlainHead
{
    /// <summary>The noise in a sample `[1, H, A]`.</summary>
    Value Epsilon(string path, int timestep, Value sample);
}
