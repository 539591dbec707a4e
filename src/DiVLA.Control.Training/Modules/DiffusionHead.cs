using DiVLA.Control.ModelBuilder;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DiVLA.Control.Training.Modules;

/// <summary>Denoises a latent trajectory: a residual MLP that condition and time step modulate in every block.</summary>
internal sealed class DiffusionHead : nn.Module
{
    private readonly HeadConfig _head;
    private readonly LayerNorm _norm;
    private readonly Linear _combine;
    private readonly Linear[] _time;
    private readonly Linear _input;
    private readonly Block[] _blocks;
    private readonly LayerNorm _outputNorm;
    private readonly Linear _output;

    public DiffusionHead(ModelConfig config) : base("policy_head")
    {
        _head = config.Head;
        var latent = config.Latent.Horizon * config.Latent.Size;
        register_module("norm", _norm = nn.LayerNorm(config.HiddenSize));
        register_module("combine", _combine = nn.Linear(config.HiddenSize + config.State.Size, _head.Width));
        _time = [nn.Linear(_head.TimeEmbedding, _head.Width), nn.Linear(_head.Width, _head.Width)];
        register_module("time/0", _time[0]);
        register_module("time/2", _time[1]);
        register_module("input", _input = nn.Linear(latent, _head.Width));
        _blocks = [.. Enumerable.Range(0, _head.Blocks).Select(_ => new Block(_head))];
        for (var i = 0; i < _blocks.Length; i++) register_module($"blocks/{i}", _blocks[i]);
        register_module("output_norm", _outputNorm = nn.LayerNorm(_head.Width));
        register_module("output", _output = nn.Linear(_head.Width, latent));
    }

    /// <summary>Condition [B, D] and state [B, 11] -> what every step needs, [B, W].</summary>
    public Tensor Combine(Tensor condition, Tensor state) =>
        nn.functional.silu(_combine.forward(cat([_norm.forward(condition), state], 1)));

    /// <summary>combined [B, W], noisy [B, H, L], step [B] (0 ... 99) -> prediction [B, H, L].</summary>
    public Tensor Forward(Tensor combined, Tensor noisy, Tensor step)
    {
        var time = nn.functional.silu(_time[1].forward(nn.functional.silu(_time[0].forward(Sinusoid(step)))));
        var h = _input.forward(noisy.flatten(1));
        foreach (var block in _blocks) h = block.Forward(h, combined, time);
        return _output.forward(_outputNorm.forward(h)).view(noisy.shape);
    }

    private Tensor Sinusoid(Tensor step)
    {
        var half = _head.TimeEmbedding / 2;
        var frequency = exp(arange(half, ScalarType.Float32) * (-Math.Log(1e4) / (half - 1)));
        var angle = step.to(ScalarType.Float32).unsqueeze(1) * frequency;
        return cat([angle.sin(), angle.cos()], 1);
    }

    private sealed class Block : nn.Module
    {
        private readonly Linear _filmCondition;
        private readonly Linear _filmTime;
        private readonly Linear _up;
        private readonly Linear _down;
        private readonly long[] _shape;

        public Block(HeadConfig head) : base("block")
        {
            _shape = [head.Width];
            register_module("film_condition", _filmCondition = nn.Linear(head.Width, 2 * head.Width));
            register_module("film_time", _filmTime = nn.Linear(head.Width, 2 * head.Width, hasBias: false));
            register_module("up", _up = nn.Linear(head.Width, head.Hidden));
            register_module("down", _down = nn.Linear(head.Hidden, head.Width));
        }

        public Tensor Forward(Tensor h, Tensor combined, Tensor time)
        {
            var film = (_filmCondition.forward(combined) + _filmTime.forward(time)).chunk(2, 1); // scale, shift: [B, W]
            var x = nn.functional.layer_norm(h, _shape) * (1f + film[0]) + film[1];
            return h + _down.forward(nn.functional.silu(_up.forward(x)));
        }
    }
}
