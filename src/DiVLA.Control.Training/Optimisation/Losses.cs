using DiVLA.Control.ModelBuilder;
using DiVLA.Control.Training.Data;
using DiVLA.Control.Training.Diffusion;
using DiVLA.Control.Training.Modules;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DiVLA.Control.Training.Optimisation;

/// <summary>The three losses of a batch, each a scalar tensor, and which phrases are right word for word: [B], 1 or 0.</summary>
internal sealed record BatchLosses(Tensor Diffusion, Tensor NextToken, Tensor Auxiliary, Tensor ExactMatch);

/// <summary>L = L_diffusion + alpha * L_ntp (+ auxiliary, training only).</summary>
internal sealed class LossFunction(DiffusionVlaModel model, AuxiliaryHead auxiliary, NoiseSchedule schedule, TrainingOptions options)
{
    /// <summary>Runs the whole model on a batch.</summary>
    public BatchLosses Compute(Batch batch)
    {
        var inputs = TensorBatch.Inputs(batch, model.Config);
        var output = model.Backbone.Forward(inputs);
        var next = tensor(batch.NextWord).view(batch.Size, -1);                                                    // [B, P + 1]
        var nextToken = nn.functional.cross_entropy(output.Logits.flatten(0, 1), next.flatten(), ignore_index: -100);
        var isRight = output.Logits.argmax(-1).eq(next).logical_or(next.lt(0)).all(1);                        // [B]
        var reasoning = options.ReasoningInjection ? output.ReasoningMean : zeros_like(output.ReasoningMean);
        var condition = model.Film.Forward(output.PromptMean, reasoning);
        return new BatchLosses(
            Diffusion(batch, condition, inputs.State), nextToken, auxiliary.Loss(output.Pictures, model.Scene?.Forward(output.Pictures), batch), isRight.to(ScalarType.Float32));
    }

    // Squared error of the latent, summed over its 7 numbers and averaged over samples, noise draws and the batch.
    private Tensor Diffusion(Batch batch, Tensor condition, Tensor state)
    {
        var latent = model.Config.Latent;
        var clean = tensor(batch.Latents, batch.Size, latent.Horizon, latent.Size).repeat(options.NoiseDraws, 1, 1);  // [N*B, H, L]
        var combined = model.Head.Combine(condition, state).repeat(options.NoiseDraws, 1);                            // [N*B, W]
        var step = randint(0, model.Config.Scheduler.TrainTimesteps, [clean.shape[0]], ScalarType.Int64);
        var noise = randn_like(clean);
        var prediction = model.Head.Forward(combined, schedule.AddNoise(clean, noise, step), step);
        return (prediction - schedule.Target(clean, noise)).square().sum([-1L]).mean();
    }
}

/// <summary>Training only: reads from the front camera's tokens where each kind of object lies.</summary>
internal sealed class AuxiliaryHead : nn.Module
{
    private readonly Linear _places;

    public AuxiliaryHead(ModelConfig config) : base("auxiliary") =>
        register_module("places", _places = nn.Linear(config.Vision.TokensPerCamera * config.HiddenSize, Batch.Kinds * 2));

    /// <summary>pictures [B, C, 16, D], presence logits [B, K] or none -> cross-entropy of presence plus squared error of the places of what is there.</summary>
    public Tensor Loss(Tensor pictures, Tensor? presence, Batch batch)
    {
        var isThere = tensor(batch.Presence, batch.Size, Batch.Kinds);
        var places = tensor(batch.Places, batch.Size, Batch.Kinds, 2);
        var read = _places.forward(pictures[.., 0].flatten(1)).view(-1, Batch.Kinds, 2);
        var error = (read - places).square().sum([-1L]) * isThere;
        var placed = error.sum() / isThere.sum().clamp_min(1);
        return presence is null ? placed : nn.functional.binary_cross_entropy_with_logits(presence, isThere) + placed;
    }
}

/// <summary>Plain arrays to tensors.</summary>
internal static class TensorBatch
{
    /// <summary>The policy's inputs of a batch.</summary>
    public static PolicyInputs Inputs(Batch batch, ModelConfig config) => new(
        tensor(batch.Frames, [batch.Size, config.Cameras.Length, config.Cameras[0].Height, config.Cameras[0].Width, 3]),
        tensor(batch.Instruction).view(batch.Size, -1),
        tensor(batch.State).view(batch.Size, -1),
        tensor(batch.Phrase).view(batch.Size, -1),
        tensor(batch.PhraseMask).view(batch.Size, -1));
}
