using DiVLA.Control.ModelBuilder;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DiVLA.Control.Training.Modules;

/// <summary>Pictures to tokens: a convolution stem, a 2 x 2 merge, one normalised token a cell plus its place.</summary>
internal sealed class VisionTower : nn.Module
{
    private readonly Conv2d[] _stem;
    private readonly Conv2d _merge;
    private readonly LayerNorm _norm;
    private readonly Parameter _position;

    public VisionTower(ModelConfig config) : base("vision")
    {
        int[] channels = [3, .. config.Vision.StemChannels];
        _stem = [.. Enumerable.Range(0, channels.Length - 1).Select(i => nn.Conv2d(channels[i], channels[i + 1], 3, stride: 2, padding: 1))];
        _merge = nn.Conv2d(channels[^1], config.HiddenSize, 2, stride: 2);
        _norm = nn.LayerNorm(config.HiddenSize);
        _position = new Parameter(randn(config.Cameras.Length, config.Vision.TokensPerCamera, config.HiddenSize) * 0.5);
        for (var i = 0; i < _stem.Length; i++)
        {
            nn.init.kaiming_normal_(_stem[i].weight, nonlinearity: nn.init.NonlinearityType.ReLU);
            nn.init.zeros_(_stem[i].bias);
            register_module($"stem/{i}", _stem[i]);
        }
        register_module("merge", _merge);
        register_module("norm", _norm);
        register_parameter("position", _position);
    }

    /// <summary>frames uint8 [B, C, 64, 64, 3] -> tokens [B, C, 16, D].</summary>
    public Tensor Forward(Tensor frames)
    {
        var (b, c) = (frames.shape[0], frames.shape[1]);
        var x = frames.flatten(0, 1).permute(0, 3, 1, 2).to(ScalarType.Float32) / 127.5f - 1f; // [B*C, 3, 64, 64]
        foreach (var conv in _stem) x = nn.functional.relu(conv.forward(x));
        x = _merge.forward(x).flatten(2).transpose(1, 2);                                     // [B*C, 16, D]
        return _norm.forward(x).view(b, c, x.shape[1], x.shape[2]) + _position;
    }
}
