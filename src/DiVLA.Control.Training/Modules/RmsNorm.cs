using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DiVLA.Control.Training.Modules;

/// <summary>x / rms(x) * weight over the last dimension, as in Qwen2.</summary>
internal sealed class RmsNorm : nn.Module
{
    private readonly Parameter _weight;
    private readonly double _epsilon;

    public RmsNorm(int size, double epsilon) : base("norm")
    {
        _weight = new Parameter(ones(size));
        _epsilon = epsilon;
        register_parameter("weight", _weight);
    }

    /// <summary>[..., D] -> [..., D].</summary>
    public Tensor Forward(Tensor x) => x * rsqrt(x.square().mean([-1L], keepdim: true) + _epsilon) * _weight;
}
