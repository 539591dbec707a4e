using DiVLA.Control.ModelBuilder.Graphs;
using DiVLA.Control.Robot;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DiVLA.Control.Training.Embodiments;

/// <summary>Latents to joint displacements: an MLP that gives, for every sample, a matrix to apply to the displacement rather than the joints themselves.</summary>
/// <remarks>
/// Its trunk sees the posture alone and runs once; a small head sees each sample. Displacements are turned back by the first joint's angle before either
/// sees them. The same as <see cref="EmbodimentGraph"/>, formula by formula.
/// </remarks>
internal sealed class EmbodimentMlp : nn.Module
{
    /// <summary>Width of all layers.</summary>
    public const int Hidden = 256;

    private const int Motion = 6;

    private readonly Linear[] _trunk;
    private readonly Linear _posture;
    private readonly Linear _motion;
    private readonly Parameter _sample;
    private readonly Linear _hidden;
    private readonly Linear _output;
    private readonly Linear _base;
    private readonly Tensor _rest;
    private readonly Tensor _latentScale;
    private readonly Tensor _motionScale;
    private readonly Tensor _displacementRms;
    private readonly Tensor _progress;
    private readonly (Tensor Across, Tensor Around, Tensor Along) _turn;
    private readonly int _joints;

    /// <summary>Random weights for an arm.</summary>
    /// <param name="arm">The arm.</param>
    /// <param name="latentRms">Scale of the latents, `[H][L]`.</param>
    /// <param name="displacementRms">Scale of the joint displacements, `[H]`. Unit: rad.</param>
    public EmbodimentMlp(EmbodimentProfile arm, double[][] latentRms, double[] displacementRms) : base("embodiment")
    {
        _joints = arm.JointCount;
        var (horizon, outputs) = (latentRms.Length, (Motion + 1) * _joints);
        _trunk = [nn.Linear(3 * _joints, Hidden), .. Enumerable.Range(1, EmbodimentGraph.TrunkLayers - 1).Select(_ => nn.Linear(Hidden, Hidden))];
        _posture = nn.Linear(Hidden, Hidden);
        _motion = nn.Linear(Motion, Hidden, hasBias: false);
        _sample = new Parameter(randn(horizon, Hidden) * 0.3f);
        _hidden = nn.Linear(Hidden, Hidden);
        _output = nn.Linear(Hidden, outputs);
        _base = nn.Linear(Hidden, outputs);
        Register();

        _rest = tensor(arm.RestRad, dtype: ScalarType.Float32);
        _latentScale = tensor(FirstJointTurn.LatentScale(latentRms)).view(horizon, Motion);
        _motionScale = tensor(FirstJointTurn.MotionScale(latentRms)).view(horizon, Motion);
        _displacementRms = tensor(displacementRms, dtype: ScalarType.Float32).view(horizon, 1);
        _progress = (arange(horizon, ScalarType.Float32) + 1f).view(horizon, 1) / horizon;
        var turn = new FirstJointTurn(arm);
        _turn = (tensor(turn.Across).view(3, 3), tensor(turn.Around).view(3, 3), tensor(turn.Along).view(3, 3));
    }

    /// <summary>The square matrices inside, for <see cref="Optimisation.Muon"/>; all other weights are vectors, or lead in or out.</summary>
    public IReadOnlyList<Parameter> InnerMatrices => [.. _trunk.Skip(1).Append(_posture).Append(_hidden).Select(layer => layer.weight!)];

    /// <summary>All samples: latent [B, H, 6], joints [B, n] (rad) -> displacements [B, H, n] (rad).</summary>
    public Tensor Forward(Tensor latent, Tensor joints) => Forward(latent, joints, arange(_sample.shape[0], ScalarType.Int64));

    /// <summary>Some samples: latent [B, S, 6], joints [B, n] (rad), which samples [S] -> displacements [B, S, n] (rad).</summary>
    public Tensor Forward(Tensor latent, Tensor joints, Tensor samples)
    {
        var (b, s) = (latent.shape[0], latent.shape[1]);
        var motion = TurnedBack(latent, joints, samples);
        var trunk = Trunk(joints);
        var x = nn.functional.silu(_posture.forward(trunk).unsqueeze(1) + _motion.forward(motion) + _sample.index_select(0, samples));
        x = nn.functional.silu(_hidden.forward(x));                                                           // [B, S, W]
        var o = _output.forward(x) + _base.forward(trunk).unsqueeze(1);                                       // [B, S, 7n]
        var matrix = o[.., .., ..(Motion * _joints)].view(b, s, _joints, Motion);
        var bias = o[.., .., (Motion * _joints)..] * _progress.index_select(0, samples);
        // A sum of products: libtorch's batched product of many tiny matrices takes several times as long.
        return ((matrix * motion.unsqueeze(2)).sum([3L]) + bias) * _displacementRms.index_select(0, samples);
    }

    /// <summary>Every weight under its name in embodiment.safetensors.</summary>
    public IEnumerable<(string Name, Tensor Weight)> NamedWeights() =>
        named_parameters().Select(p => (p.name.Replace('/', '.'), (Tensor)p.parameter));

    private Tensor TurnedBack(Tensor latent, Tensor joints, Tensor samples)
    {
        var (b, s) = (latent.shape[0], latent.shape[1]);
        var angle = joints[.., ..1].unsqueeze(2);
        var turn = angle.cos() * _turn.Across + angle.sin() * _turn.Around + _turn.Along;                     // [B, 3, 3]
        var displacements = (latent * _latentScale.index_select(0, samples)).view(b, 2 * s, 3);
        return displacements.bmm(turn).view(b, s, Motion) / _motionScale.index_select(0, samples);
    }

    private Tensor Trunk(Tensor joints)
    {
        var x = nn.functional.silu(_trunk[0].forward(cat([(joints - _rest) / 0.4f, joints.sin(), joints.cos()], 1)));
        foreach (var layer in _trunk.Skip(1)) x = x + nn.functional.silu(layer.forward(x));
        return x;
    }

    private void Register()
    {
        for (var i = 0; i < _trunk.Length; i++) register_module($"trunk/{i}", _trunk[i]);
        register_module("head/posture", _posture);
        register_module("head/motion", _motion);
        register_parameter("head/sample", _sample);
        register_module("head/hidden", _hidden);
        register_module("head/output", _output);
        register_module("base", _base);
    }
}
