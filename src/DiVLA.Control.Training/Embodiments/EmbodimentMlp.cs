using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DiVLA.Control.Training.Embodiments;

/// <summary>Latents to joint displacements: an MLP that gives, for every sample, a matrix to apply to the latent rather than the joints themselves.</summary>
internal sealed class EmbodimentMlp : nn.Module
{
    /// <summary>Width of the hidden layers.</summary>
    public const int Hidden = 256;

    private readonly Linear[] _layers;
    private readonly Tensor _rest;
    private readonly Tensor _displacementRms;
    private readonly int _horizon;

    public EmbodimentMlp(double[] rest, double[] displacementRms) : base("embodiment")
    {
        var n = rest.Length;
        _horizon = displacementRms.Length;
        _layers =
        [
            nn.Linear(6 + _horizon + 3 * n, Hidden), nn.Linear(Hidden, Hidden), nn.Linear(Hidden, Hidden), nn.Linear(Hidden, 7 * n),
        ];
        for (var i = 0; i < _layers.Length; i++) register_module($"mlp/{2 * i}", _layers[i]);
        _rest = tensor(rest, dtype: ScalarType.Float32);
        _displacementRms = tensor(displacementRms, dtype: ScalarType.Float32).view(1, -1, 1);
    }

    /// <summary>latent [B, H, 6], joints [B, n] (rad) -> displacements [B, H, n] (rad).</summary>
    public Tensor Forward(Tensor latent, Tensor joints)
    {
        var (b, n) = (latent.shape[0], joints.shape[1]);
        var posture = cat([(joints - _rest) / 0.4f, joints.sin(), joints.cos()], 1).unsqueeze(1).expand(b, _horizon, 3 * n);
        var x = cat([latent, eye(_horizon).expand(b, _horizon, _horizon), posture], 2);       // [B, H, 43]
        for (var i = 0; i < _layers.Length - 1; i++) x = nn.functional.silu(_layers[i].forward(x));
        x = _layers[^1].forward(x);                                                           // [B, H, 7n]
        var matrix = x[.., .., ..(6 * (int)n)].view(b, _horizon, n, 6);
        var progress = (arange(_horizon, ScalarType.Float32) + 1f).view(1, -1, 1) / _horizon;
        return (matrix.matmul(latent.unsqueeze(3)).squeeze(3) + x[.., .., (6 * (int)n)..] * progress) * _displacementRms;
    }

    /// <summary>Every weight under its name in embodiment.safetensors.</summary>
    public IEnumerable<(string Name, Tensor Weight)> NamedWeights() =>
        named_parameters().Select(p => (p.name.Replace('/', '.'), (Tensor)p.parameter));
}
