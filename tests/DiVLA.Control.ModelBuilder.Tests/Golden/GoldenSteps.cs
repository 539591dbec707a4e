using DiVLA.Control.ModelBuilder.Checkpoints.Published;
using DiVLA.Control.ModelBuilder.Safetensors;
using DiVLA.Control.TestSupport;

namespace DiVLA.Control.ModelBuilder.Tests.Golden;

/// <summary>The sampling steps of a traced graph against the original's.</summary>
internal static class GoldenSteps
{
    /// <summary>Compares what the network said and the sample after it, step by step, then the latent.</summary>
    public static void Check(GraphSession session, PolicyHeadConfig head, SafetensorsFile expected, double tolerance = RelativeDifference.Single)
    {
        var size = head.Horizon * head.ActionSize;
        var (epsilon, samples) = (expected.Floats("denoise_epsilon"), expected.Floats("denoise_samples"));
        Assert.That(epsilon, Has.Length.EqualTo(head.InferenceTimesteps * size));
        for (var step = 0; step < head.InferenceTimesteps; step++)
        {
            RelativeDifference.Check($"epsilon of step {step}", session.Buffer<float>($"epsilon.{step}"), epsilon.AsSpan(step * size, size), tolerance);
            RelativeDifference.Check($"sample after step {step}", session.Buffer<float>($"sample.{step}"), samples.AsSpan(step * size, size), tolerance);
        }
        RelativeDifference.Check("normalised actions", session.Buffer<float>("latent"), expected.Floats("normalised_actions"), tolerance);
    }
}
