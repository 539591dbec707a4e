using DiVLA.Control.ModelBuilder.Checkpoints.Published;
using DiVLA.Control.ModelBuilder.Graphs;
using DiVLA.Control.ModelBuilder.Onnx;
using static DiVLA.Control.ModelBuilder.Onnx.Attributes;

namespace DiVLA.Control.TestSupport.Heads;

/// <summary>ScaleDP, line by line: adaLN in every block of every step, norms without weights, attention from plain products.</summary>
internal sealed class PlainScaleDp : IPlainHead
{
    private readonly GraphBuilder _graph;
    private readonly ScaleDpHeadConfig _config;
    private readonly Rewrites _rewrites;
    private readonly PlainInputs _inputs;
    private readonly Value _hoisted;

    public PlainScaleDp(GraphBuilder graph, ScaleDpHeadConfig config, Rewrites rewrites, PlainInputs inputs)
    {
        (_graph, _config, _rewrites, _inputs) = (graph, config, rewrites, inputs);
        if (rewrites.HasFlag(Rewrites.ConditionHoisted)) _hoisted = Combined("/condition");
    }

    private int Width => _config.Width;

    public Value Epsilon(string path, int timestep, Value sample)
    {
        var condition = _rewrites.HasFlag(Rewrites.ConditionHoisted) ? _hoisted : Combined($"{path}/condition");
        var c = _graph.Silu($"{path}/c", _graph.Add($"{path}/c", Time($"{path}/time", timestep), condition));
        var embedded = _graph.Linear(
            $"{path}/x_embedder", _graph.Reshape($"{path}/enter", sample, _config.Horizon, _config.ActionSize), "policy_head.x_embedder", _config.ActionSize, Width);
        var x = _graph.Add($"{path}/pos_embed", _graph.Reshape($"{path}/x", embedded, 1, _config.Horizon, Width), Position());
        x = _graph.Reshape($"{path}/pos_embed", x, _config.Horizon, Width);
        for (var block = 0; block < _config.Depth; block++) x = Block($"{path}/blocks.{block}", $"policy_head.blocks.{block}", x, c);
        var final = Modulation($"{path}/final_layer", "policy_head.final_layer", c, 2);
        x = _graph.Linear(
            $"{path}/final_layer/linear", Modulated($"{path}/final_layer", x, final[0], final[1]), "policy_head.final_layer.linear", Width, _config.ActionSize);
        return _graph.Reshape($"{path}/leave", x, 1, _config.Horizon, _config.ActionSize);
    }

    private Value Position() => _graph.Weight("policy_head.pos_embed", 1, _config.Horizon, Width);

    private Value Combined(string path)
    {
        const int Hidden = ScaleDpHeadConfig.CombineWidth;
        var x = _graph.Concat(path, 1, _inputs.Condition, _inputs.State);
        x = _graph.Node($"{path}/1", "Relu", [_graph.Linear($"{path}/0", x, "policy_head.combine.0", _config.ConditionSize + _config.StateSize, Hidden)]);
        x = _graph.Node($"{path}/3", "Relu", [_graph.Linear($"{path}/2", x, "policy_head.combine.2", Hidden, Hidden)]);
        x = _graph.Linear($"{path}/4", x, "policy_head.combine.4", Hidden, _config.ConditionSize);
        return _graph.Linear($"{path}/cond_obs_emb", x, "policy_head.cond_obs_emb", _config.ConditionSize, Width);
    }

    private Value Time(string path, int timestep)
    {
        const string Name = "policy_head.t_embedder.mlp";
        var sinusoid = PublishedSinusoids.ScaleDp(timestep, ScaleDpHeadConfig.Sinusoid);
        if (_rewrites.HasFlag(Rewrites.TimeFolded))
        {
            var hidden = DenseLayers.Silu(DenseLayers.Linear(_graph.Weights, $"{Name}.0", sinusoid, Width));
            return _graph.Constant($"{path}/embedding", Singles(DenseLayers.Linear(_graph.Weights, $"{Name}.2", hidden, Width)), 1, Width);
        }
        var constant = _graph.Constant($"{path}/sinusoid", Singles(sinusoid), 1, sinusoid.Length);
        var first = _graph.Silu($"{path}/1", _graph.Linear($"{path}/0", constant, $"{Name}.0", sinusoid.Length, Width));
        return _graph.Linear($"{path}/2", first, $"{Name}.2", Width, Width);
    }

    private Value Block(string path, string name, Value x, Value c)
    {
        var pieces = Modulation(path, name, c, 6);
        var attended = Attention($"{path}/attn", $"{name}.attn", Modulated($"{path}/norm1", x, pieces[0], pieces[1]));
        x = _graph.Add($"{path}/attn/sum", x, _graph.Mul($"{path}/attn/gate", attended, pieces[2]));
        var hidden = _graph.Linear($"{path}/fc1", Modulated($"{path}/norm2", x, pieces[3], pieces[4]), $"{name}.mlp.fc1", Width, _config.Hidden);
        var mapped = _graph.Linear($"{path}/fc2", TanhGelu($"{path}/act", hidden), $"{name}.mlp.fc2", _config.Hidden, Width);
        return _graph.Add($"{path}/mlp/sum", x, _graph.Mul($"{path}/mlp/gate", mapped, pieces[5]));
    }

    private Value[] Modulation(string path, string name, Value c, int count) => _graph.Split(
        $"{path}/adaLN", _graph.Linear($"{path}/adaLN", c, $"{name}.adaLN_modulation.1", Width, count * Width), 1, [.. Enumerable.Repeat((long)Width, count)]);

    private Value Modulated(string path, Value x, Value shift, Value scale)
    {
        var ones = _graph.Constant("/constants/ones", [.. Enumerable.Repeat(1f, Width)], Width);
        var normed = _graph.Node(path, "LayerNormalization", [x, ones], Attribute("axis", -1), Attribute("epsilon", 1e-6f));
        return Films.Apply(_graph, path, normed, new Film(_graph.Add($"{path}/one", scale, _graph.Scalar(1)), shift));
    }

    private Value Attention(string path, string name, Value rows)
    {
        var (heads, size) = (_config.Heads, Width / _config.Heads);
        var packed = _graph.Reshape($"{path}/qkv", _graph.Linear($"{path}/qkv", rows, $"{name}.qkv", Width, 3 * Width), _config.Horizon, 3, heads, size);
        var parts = _graph.Split($"{path}/qkv", _graph.Transpose($"{path}/qkv", packed, 1, 2, 0, 3), 0, 1, 1, 1); // [1, heads, H, size] each
        var scores = _graph.MatMul($"{path}/scores", parts[0], _graph.Transpose($"{path}/k", parts[1], 0, 1, 3, 2));
        var weights = _graph.Node(path, "Softmax", [_graph.Mul($"{path}/scores", scores, _graph.Scalar(1 / MathF.Sqrt(size)))], Attribute("axis", -1));
        var mixed = _graph.Transpose($"{path}/mixed", _graph.MatMul($"{path}/mixed", weights, parts[2]), 0, 2, 1, 3);
        return _graph.Linear($"{path}/proj", _graph.Reshape($"{path}/mixed", mixed, _config.Horizon, Width), $"{name}.proj", Width, Width);
    }

    // x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3)))
    private Value TanhGelu(string path, Value x)
    {
        var cube = _graph.Mul($"{path}/cube", _graph.Mul($"{path}/square", x, x), x);
        var inner = _graph.Add($"{path}/inner", x, _graph.Mul($"{path}/cubic", cube, _graph.Scalar(0.044715f)));
        var tanh = _graph.Node(path, "Tanh", [_graph.Mul($"{path}/inner", inner, _graph.Scalar(MathF.Sqrt(2 / MathF.PI)))]);
        return _graph.Mul($"{path}/half", _graph.Mul($"{path}/product", x, _graph.Add($"{path}/one", tanh, _graph.Scalar(1))), _graph.Scalar(0.5f));
    }

    private static float[] Singles(double[] values) => Array.ConvertAll(values, value => (float)value);
}
