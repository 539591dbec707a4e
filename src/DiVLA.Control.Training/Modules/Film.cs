using DiVLA.Control.ModelBuilder;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DiVLA.Control.Training.Modules;

/// <summary>The reasoning injection of Diffusion-VLA: x * (1 + scale(r)) + shift(r) + mean(prompt).</summary>
/// <remarks>Source: `film_forward` of the published DexVLA / DiVLA code.</remarks>
internal sealed class Film : nn.Module
{
    private readonly Linear[] _input;
    private readonly Linear[] _reasoning;
    private readonly Linear _scale;
    private readonly Linear _shift;

    public Film(ModelConfig config) : base("film")
    {
        var d = config.HiddenSize;
        _input = Projection("input_action_proj", d);
        _reasoning = Projection("reasoning_action_proj", d);
        register_module("reasoning_film/scale_fc", _scale = nn.Linear(d, d));
        register_module("reasoning_film/shift_fc", _shift = nn.Linear(d, d));
        foreach (var zero in new[] { _scale.weight, _scale.bias, _shift.weight, _shift.bias }) nn.init.zeros_(zero);
    }

    /// <summary>promptMean [B, D], reasoningMean [B, D] -> condition [B, D].</summary>
    public Tensor Forward(Tensor promptMean, Tensor reasoningMean)
    {
        var x = Project(_input, promptMean);
        var r = Project(_reasoning, reasoningMean);
        return x * (1f + _scale.forward(r)) + _shift.forward(r) + promptMean;
    }

    private Linear[] Projection(string name, int d)
    {
        Linear[] layers = [nn.Linear(d, d), nn.Linear(d, d)];
        register_module($"{name}/mlps/0", layers[0]);
        register_module($"{name}/mlps/2", layers[1]);
        return layers;
    }

    private static Tensor Project(Linear[] layers, Tensor x) => layers[1].forward(nn.functional.gelu(layers[0].forward(x)));
}
