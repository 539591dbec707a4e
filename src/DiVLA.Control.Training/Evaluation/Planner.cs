using DiVLA.Control.Training.Data;
using DiVLA.Control.Training.Diffusion;
using DiVLA.Control.Training.Modules;
using DiVLA.Control.Training.Optimisation;
using static TorchSharp.torch;

namespace DiVLA.Control.Training.Evaluation;

/// <summary>Asks a model in training for latent trajectories.</summary>
internal sealed class Planner(DiffusionVlaModel model)
{
    private readonly NoiseSchedule _schedule = new(model.Config.Scheduler);

    /// <summary>Plans from pictures, state and the phrases that the batch holds: [B, H, L], from noise of libtorch's generator.</summary>
    public float[] Plan(Batch batch)
    {
        using var scope = NewDisposeScope();
        var inputs = TensorBatch.Inputs(batch, model.Config);
        var output = model.Backbone.Forward(inputs);
        var combined = model.Head.Combine(model.Film.Forward(output.PromptMean, output.ReasoningMean), inputs.State);
        var noise = randn(batch.Size, model.Config.Latent.Horizon, model.Config.Latent.Size);
        return _schedule.Sample(noise, (x, step) => model.Head.Forward(combined, x, step)).contiguous().data<float>().ToArray();
    }
}
