using DiVLA.Control.ModelBuilder.Checkpoints.Published;
using DiVLA.Control.ModelBuilder.Graphs;
using DiVLA.Control.ModelBuilder.Graphs.Unet;
using DiVLA.Control.ModelBuilder.Onnx;
using static DiVLA.Control.ModelBuilder.Onnx.Attributes;

namespace DiVLA.Control.TestSupport.Heads;

/// <summary>ConditionalUnet1D, line by line: FiLM reads time embedding and condition together, in every block of every step.</summary>
internal sealed class PlainUnet : IPlainHead
{
    private readonly GraphBuilder _graph;
    private readonly UnetHeadConfig _config;
    private readonly Rewrites _rewrites;
    private readonly PlainInputs _inputs;
    private readonly UnetShape _shape;
    private readonly UnetConvolutions _native;
    private readonly Value _hoisted;

    public PlainUnet(GraphBuilder graph, UnetHeadConfig config, Rewrites rewrites, PlainInputs inputs)
    {
        (_graph, _config, _rewrites, _inputs) = (graph, config, rewrites, inputs);
        _shape = new UnetShape(config);
        _native = new UnetConvolutions(graph, config);
        if (rewrites.HasFlag(Rewrites.ConditionHoisted)) _hoisted = Combined("/condition");
    }

    public Value Epsilon(string path, int timestep, Value sample)
    {
        var condition = _rewrites.HasFlag(Rewrites.ConditionHoisted) ? _hoisted : Combined($"{path}/condition");
        var feature = _graph.Concat($"{path}/feature", 1, Time($"{path}/time", timestep), condition);
        var skips = new Stack<Value>();
        var x = _graph.Transpose($"{path}/enter", sample, 0, 2, 1);
        for (var level = 0; level < _config.Levels; level++)
        {
            foreach (var block in _shape.Down[level]) x = Block(path, x, feature, block);
            skips.Push(x);
            var name = $"down_modules.{level}.2";
            if (level < _config.Levels - 1) x = _native.Downsample($"{path}/{name}", x, $"policy_head.{name}", _config.Channels[level]);
        }
        foreach (var block in _shape.Middle) x = Block(path, x, feature, block);
        for (var level = 0; level < _config.Levels - 1; level++)
        {
            x = _graph.Concat($"{path}/up_modules.{level}", 1, x, skips.Pop());
            foreach (var block in _shape.Up[level]) x = Block(path, x, feature, block);
            x = _native.Upsample($"{path}/up_modules.{level}.2", x, $"policy_head.up_modules.{level}.2", _shape.Up[level][0].To);
        }
        var channels = _config.Channels[0];
        x = ConvolutionBlock($"{path}/final_conv.0", x, "policy_head.final_conv.0", channels, channels, _config.Horizon, UnetHeadConfig.FinalGroups);
        x = _native.Same($"{path}/final_conv.1", x, "policy_head.final_conv.1", channels, _config.ActionSize, 1);
        return _graph.Transpose($"{path}/leave", x, 0, 2, 1);
    }

    private Value Combined(string path)
    {
        var width = _config.ConditionSize;
        var (weight, bias) = (_graph.Weight("policy_head.norm_after_pool.weight", width), _graph.Weight("policy_head.norm_after_pool.bias", width));
        var normed = _graph.LayerNorm($"{path}/norm", _inputs.Condition, weight, bias, 1e-5f);
        return _graph.Linear($"{path}/combine", _graph.Concat(path, 1, normed, _inputs.State), "policy_head.combine", width + _config.StateSize, width);
    }

    private Value Time(string path, int timestep)
    {
        const string Name = "policy_head.diffusion_step_encoder";
        var size = _config.TimeEmbedding;
        var sinusoid = PublishedSinusoids.Unet(timestep, size);
        if (_rewrites.HasFlag(Rewrites.TimeFolded))
        {
            var hidden = DenseLayers.Mish(DenseLayers.Linear(_graph.Weights, $"{Name}.1", sinusoid, 4 * size));
            return _graph.Constant($"{path}/embedding", Singles(DenseLayers.Linear(_graph.Weights, $"{Name}.3", hidden, size)), 1, size);
        }
        var first = _graph.Linear($"{path}/1", _graph.Constant($"{path}/sinusoid", Singles(sinusoid), 1, size), $"{Name}.1", size, 4 * size);
        return _graph.Linear($"{path}/3", MishOf($"{path}/2", first), $"{Name}.3", 4 * size, size);
    }

    private Value Block(string step, Value x, Value feature, UnetBlock block)
    {
        var path = $"{step}/{block.Name}";
        var first = ConvolutionBlock($"{path}/blocks.0", x, $"{block.WeightName}.blocks.0", block.From, block.To, block.Length, _config.Groups);
        var encoded = _graph.Linear(
            $"{path}/cond_encoder", MishOf($"{path}/cond_encoder", feature), $"{block.WeightName}.cond_encoder.1", _config.FeatureSize, 2 * block.To);
        var film = _graph.Split($"{path}/film", _graph.Reshape($"{path}/film", encoded, 2, block.To, 1), 0, 1, 1);
        var modulated = Films.Apply(_graph, $"{path}/film", first, new Film(film[0], film[1]));
        var second = ConvolutionBlock($"{path}/blocks.1", modulated, $"{block.WeightName}.blocks.1", block.To, block.To, block.Length, _config.Groups);
        var around = block.HasResidualConvolution
            ? _native.Same($"{path}/residual_conv", x, $"{block.WeightName}.residual_conv", block.From, block.To, 1)
            : x;
        return _graph.Add(path, second, around);
    }

    private Value ConvolutionBlock(string path, Value x, string name, int from, int to, int length, int groups)
    {
        if (_rewrites.HasFlag(Rewrites.NativeOperators)) return _native.Block(path, x, name, from, to, length, groups);
        var convolved = _native.Same(path, x, $"{name}.block.0", from, to, _config.Kernel);
        var normed = _graph.Node(
            path,
            "GroupNormalization",
            [convolved, _graph.Weight($"{name}.block.1.weight", to), _graph.Weight($"{name}.block.1.bias", to)],
            Attribute("num_groups", groups),
            Attribute("epsilon", 1e-5f));
        return MishOf(path, normed);
    }

    private Value MishOf(string path, Value x) =>
        _rewrites.HasFlag(Rewrites.NativeOperators) ? Mish.Build(_graph, path, x) : _graph.Node(path, "Mish", [x]);

    private static float[] Singles(double[] values) => Array.ConvertAll(values, value => (float)value);
}
