using DiVLA.Control.Training.Diffusion;
using DiVLA.Control.Training.Modules;
using DiVLA.Control.Training.Native;
using static TorchSharp.torch;
using Inputs = DiVLA.Control.TestSupport.PolicyInputs;

namespace DiVLA.Control.Training.Tests.Parity;

/// <summary>Stage after stage as training computes it, from and to plain arrays in the graphs' layout. B = 1.</summary>
internal sealed class TrainingPath(TwinModel twin)
{
    /// <summary>What one pass over prompt and phrase says.</summary>
    public BackboneNumbers Backbone(Inputs inputs) => Compute(() =>
    {
        var output = twin.Model.Backbone.Forward(ToTensors(inputs));
        return new BackboneNumbers(
            Numbers(output.PromptMean), Numbers(output.ReasoningMean), Numbers(output.PhraseHidden), output.Logits.argmax(-1).data<long>().ToArray());
    });

    /// <summary>The condition `[1, D]`.</summary>
    public double[] Film(float[] promptMean, float[] reasoningMean) => Compute(() =>
        Numbers(twin.Model.Film.Forward(tensor(promptMean).view(1, -1), tensor(reasoningMean).view(1, -1))));

    /// <summary>The latent `[1, H, L]` after all sampling steps.</summary>
    public double[] Diffusion(float[] promptMean, float[] reasoningMean, Inputs inputs) => Compute(() =>
    {
        var condition = twin.Model.Film.Forward(tensor(promptMean).view(1, -1), tensor(reasoningMean).view(1, -1));
        var combined = twin.Model.Head.Combine(condition, tensor(inputs.State).view(1, -1));
        var noise = tensor(inputs.Noise).view(1, twin.Config.Latent.Horizon, twin.Config.Latent.Size);
        return Numbers(new NoiseSchedule(twin.Config.Scheduler).Sample(noise, (x, step) => twin.Model.Head.Forward(combined, x, step)));
    });

    /// <summary>Absolute joints `[1, H, n]`. Unit: rad.</summary>
    public double[] Embodiment(float[] latent, float[] joints) => Compute(() =>
    {
        var motion = tensor(latent).view(1, twin.Config.Latent.Horizon, -1)[.., .., ..^1];
        var start = tensor(joints).view(1, -1);
        return Numbers(twin.Embodiment.Forward(motion, start) + start.unsqueeze(1));
    });

    private PolicyInputs ToTensors(Inputs inputs)
    {
        var camera = twin.Config.Cameras[0];
        var length = (int)inputs.DraftLength[0];
        var mask = inputs.DraftTokens.Select((_, position) => position < length ? 1f : 0f).ToArray();
        return new PolicyInputs(
            tensor(inputs.Frames, [1, twin.Config.Cameras.Length, camera.Height, camera.Width, 3]),
            tensor(inputs.InstructionTokens).view(1, -1),
            tensor(inputs.State).view(1, -1),
            tensor(inputs.DraftTokens).view(1, -1),
            tensor(mask).view(1, -1));
    }

    private static T Compute<T>(Func<T> stage)
    {
        using var truce = CollectionTruce.Begin();
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        return stage();
    }

    private static double[] Numbers(Tensor tensor) => Array.ConvertAll(tensor.contiguous().data<float>().ToArray(), value => (double)value);
}

/// <summary>PromptMean `[1, D]`, ReasoningMean `[1, D]`, PhraseHidden `[1, P, D]`, ArgMax `[1, P + 1]`.</summary>
internal sealed record BackboneNumbers(double[] PromptMean, double[] ReasoningMean, double[] PhraseHidden, long[] ArgMax);
