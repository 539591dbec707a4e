using DiVLA.Control.Policy.Bundle;
using DiVLA.Control.Policy.Film;
using DiVLA.Control.Policy.Onnx;

namespace DiVLA.Control.Policy.Diffusion;

/// <summary>Condition, state and noise to a latent trajectory, in all of the scheduler's steps at once.</summary>
internal sealed class DiffusionStage : IDisposable
{
    private readonly GraphTensor<float> _noise;
    private readonly GraphRunner _runner;
    private readonly GaussianNoise _source;
    private readonly NoiseDraw _draw;

    /// <summary>Reads the condition and `state` where the stages before have left them.</summary>
    public DiffusionStage(OnnxGraph graph, LatentManifest latent, FilmStage film, GraphTensor<float> state, ulong seed, NoiseDraw draw)
    {
        _noise = new GraphTensor<float>(graph.Device, 1, latent.Horizon, latent.Size);
        Latent = new GraphTensor<float>(graph.Device, 1, latent.Horizon, latent.Size);
        _runner = new GraphRunner(
            graph,
            [("prompt_mean", film.PromptMean), ("reasoning_mean", film.ReasoningMean), ("state", state), ("noise", _noise)],
            [("latent", Latent)]);
        _source = new GaussianNoise(seed);
        _draw = draw;
        Draw();
    }

    /// <summary>`[1, H, L]`</summary>
    public GraphTensor<float> Latent { get; }

    /// <summary>Starts from this noise instead of drawn one, `[H, L]`; until the next draw.</summary>
    public void UseNoise(ReadOnlySpan<float> noise)
    {
        noise.CopyTo(_noise.Span);
        _noise.Upload();
    }

    /// <summary>Runs Film and the diffusion steps.</summary>
    public PolicyFault Run()
    {
        _runner.Run();
        Latent.Download();
        if (_draw == NoiseDraw.OncePerInference) Draw();
        return Finite.All(Latent.Span) ? default : new PolicyFault(PolicyOutcome.NonFinite, PolicyStage.Diffusion);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _runner.Dispose();
        _noise.Dispose();
        Latent.Dispose();
    }

    private void Draw()
    {
        _source.Draw(_noise.Span);
        _noise.Upload();
    }
}
