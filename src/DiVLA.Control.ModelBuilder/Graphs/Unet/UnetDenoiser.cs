using DiVLA.Control.ModelBuilder.Checkpoints.Published;
using DiVLA.Control.ModelBuilder.Onnx;

namespace DiVLA.Control.ModelBuilder.Graphs.Unet;

/// <summary>DiVLA's head: ConditionalUnet1D, the noise in a sample as the network sees it.</summary>
/// <remarks>
/// <code>
///  condition ─► norm_after_pool ─┬─► combine ─► c ─► FiLM of all blocks and steps                       once
///  state ────────────────────────┘
///  sample [1, A, H] ─► (block, block, ─┬─► downsample) a level ─► block, block ─► ─┬─► (block, block, upsample) a level ─► final_conv ─► epsilon
///                                      └───────────────── skips ──────────────────┘
///  block: conv ─► GroupNorm ─► mish ─► * scale + shift ─► conv ─► GroupNorm ─► mish ─► + input (1 x 1 convolved where channels differ)
/// </code>
/// FiLM multiplies by scale, not by 1 + scale. Code: DexVLA, modeling_unet_diffusion.py. Samples stay channels-first from the first step to the last.
/// </remarks>
internal sealed class UnetDenoiser : IDenoiser
{
    private const float NormEpsilon = 1e-5f;

    private readonly GraphBuilder _graph;
    private readonly UnetHeadConfig _config;
    private readonly UnetShape _shape;
    private readonly UnetConvolutions _layers;
    private readonly IReadOnlyDictionary<UnetBlock, Film[]> _films;

    public UnetDenoiser(GraphBuilder graph, UnetHeadConfig config, IReadOnlyList<int> timesteps, Value condition, Value state)
    {
        (_graph, _config) = (graph, config);
        _shape = new UnetShape(config);
        _layers = new UnetConvolutions(graph, config);
        _films = new UnetFilms(graph, config, timesteps).Build(Combined(condition, state), _shape.Blocks);
    }

    /// <inheritdoc/>
    public Value Enter(string path, Value actions) => _graph.Transpose(path, actions, 0, 2, 1);

    /// <inheritdoc/>
    public Value Leave(string path, Value sample) => _graph.Transpose(path, sample, 0, 2, 1);

    /// <inheritdoc/>
    public Value Epsilon(string path, int step, Value sample)
    {
        var skips = new Stack<Value>();
        var x = sample;
        for (var level = 0; level < _shape.Down.Count; level++)
        {
            x = Blocks(path, step, x, _shape.Down[level]);
            skips.Push(x);
            var name = $"down_modules.{level}.2";
            if (level < _shape.Down.Count - 1) x = _layers.Downsample($"{path}/{name}", x, $"policy_head.{name}", _config.Channels[level]);
        }
        x = Blocks(path, step, x, _shape.Middle);
        for (var level = 0; level < _shape.Up.Count; level++)
        {
            x = Blocks(path, step, _graph.Concat($"{path}/up_modules.{level}", 1, x, skips.Pop()), _shape.Up[level]);
            var name = $"up_modules.{level}.2";
            x = _layers.Upsample($"{path}/{name}", x, $"policy_head.{name}", _shape.Up[level][0].To);
        }
        return Final(path, x);
    }

    // c = combine([LayerNorm(cond), state])
    private Value Combined(Value condition, Value state)
    {
        var width = _config.ConditionSize;
        var (weight, bias) = (_graph.Weight("policy_head.norm_after_pool.weight", width), _graph.Weight("policy_head.norm_after_pool.bias", width));
        var normed = _graph.LayerNorm("/condition/norm", condition, weight, bias, NormEpsilon);
        return _graph.Linear("/condition/combine", _graph.Concat("/condition", 1, normed, state), "policy_head.combine", width + _config.StateSize, width);
    }

    private Value Blocks(string path, int step, Value x, UnetBlock[] blocks)
    {
        foreach (var block in blocks) x = Block($"{path}/{block.Name}", x, block, _films[block][step]);
        return x;
    }

    private Value Block(string path, Value x, UnetBlock block, Film film)
    {
        var first = _layers.Block($"{path}/blocks.0", x, $"{block.WeightName}.blocks.0", block.From, block.To, block.Length, _config.Groups);
        var modulated = Films.Apply(_graph, $"{path}/film", first, film);
        var second = _layers.Block($"{path}/blocks.1", modulated, $"{block.WeightName}.blocks.1", block.To, block.To, block.Length, _config.Groups);
        var around = block.HasResidualConvolution
            ? _layers.Same($"{path}/residual_conv", x, $"{block.WeightName}.residual_conv", block.From, block.To, kernel: 1)
            : x;
        return _graph.Add(path, second, around);
    }

    private Value Final(string path, Value x)
    {
        var channels = _config.Channels[0];
        var block = _layers.Block($"{path}/final_conv.0", x, "policy_head.final_conv.0", channels, channels, _config.Horizon, UnetHeadConfig.FinalGroups);
        return _layers.Same($"{path}/final_conv.1", block, "policy_head.final_conv.1", channels, _config.ActionSize, kernel: 1);
    }
}
