using DiVLA.Control.ModelBuilder.Checkpoints.Published;
using DiVLA.Control.ModelBuilder.Onnx;
using static DiVLA.Control.ModelBuilder.Onnx.Attributes;

namespace DiVLA.Control.ModelBuilder.Graphs.ScaleDp;

/// <summary>DexVLA's head: ScaleDP, a transformer whose tokens are the actions.</summary>
/// <remarks>
/// <code>
///  condition, state ─► combine ─► cond_obs_emb ─► c ─► adaLN of all blocks and steps                    once
///  sample [H, A] ─► x_embedder + pos_embed ─► [ norm * scale + shift ─► attention ─► * gate ─► +
///                                              norm * scale + shift ─► MLP ───────► * gate ─► + ] a block ─► norm ─► linear ─► epsilon
/// </code>
/// A norm takes scale and shift as its own weights, and adds what came before it on the way. Code: DexVLA, modeling_scaledp.py.
/// </remarks>
internal sealed class ScaleDpDenoiser : IDenoiser
{
    private const float NormEpsilon = 1e-6f;

    private readonly GraphBuilder _graph;
    private readonly ScaleDpHeadConfig _config;
    private readonly BlockModulation[][] _blocks;
    private readonly Film[] _final;
    private readonly Value _position;

    public ScaleDpDenoiser(GraphBuilder graph, ScaleDpHeadConfig config, IReadOnlyList<int> timesteps, Value condition, Value state)
    {
        (_graph, _config) = (graph, config);
        var modulation = new ScaleDpModulation(graph, config, timesteps, Combined(condition, state));
        _blocks = [.. Enumerable.Range(0, config.Depth).Select(modulation.Block)];
        _final = modulation.Final();
        _position = Position();
    }

    /// <inheritdoc/>
    public Value Enter(string path, Value actions) => _graph.Reshape(path, actions, _config.Horizon, _config.ActionSize);

    /// <inheritdoc/>
    public Value Leave(string path, Value sample) => _graph.Reshape(path, sample, 1, _config.Horizon, _config.ActionSize);

    /// <inheritdoc/>
    public Value Epsilon(string path, int step, Value sample)
    {
        var embedded = _graph.Gemm(
            $"{path}/x_embedder", sample, _graph.Weight("policy_head.x_embedder.weight", _config.Width, _config.ActionSize), _position);
        var stream = new HeadStream(_graph, embedded, NormEpsilon);
        for (var block = 0; block < _config.Depth; block++) Block($"{path}/blocks.{block}", $"policy_head.blocks.{block}", stream, _blocks[block][step]);
        var normed = stream.Norm($"{path}/final_layer/norm", _final[step]);
        return _graph.Linear($"{path}/final_layer", normed, "policy_head.final_layer.linear", _config.Width, _config.ActionSize);
    }

    private Value Combined(Value condition, Value state)
    {
        const int Width = ScaleDpHeadConfig.CombineWidth;
        var x = _graph.Concat("/condition", 1, condition, state);
        x = Relu("/condition/combine.0", x, "policy_head.combine.0", _config.ConditionSize + _config.StateSize, Width);
        x = Relu("/condition/combine.2", x, "policy_head.combine.2", Width, Width);
        x = _graph.Linear("/condition/combine.4", x, "policy_head.combine.4", Width, _config.ConditionSize);
        return _graph.Linear("/condition/cond_obs_emb", x, "policy_head.cond_obs_emb", _config.ConditionSize, _config.Width);
    }

    private Value Relu(string path, Value x, string name, int inputs, int outputs) =>
        _graph.Node(path, "Relu", [_graph.Linear(path, x, name, inputs, outputs)]);

    // Bias and position are added to every sample alike: one constant [H, E].
    private Value Position()
    {
        var bias = _graph.Weights.Values("policy_head.x_embedder.bias", _config.Width);
        var position = _graph.Weights.Values("policy_head.pos_embed", 1, _config.Horizon, _config.Width);
        for (var i = 0; i < position.Length; i++) position[i] += bias[i % _config.Width];
        return _graph.Constant("/x_embedder/position", position, _config.Horizon, _config.Width);
    }

    private void Block(string path, string name, HeadStream stream, BlockModulation modulation)
    {
        var attended = Attention($"{path}/attn", $"{name}.attn", stream.Norm($"{path}/norm1", modulation.Attention));
        stream.Add(_graph.Mul($"{path}/attn/gate", attended, modulation.AttentionGate));
        var mapped = Mlp($"{path}/mlp", $"{name}.mlp", stream.Norm($"{path}/norm2", modulation.Mlp));
        stream.Add(_graph.Mul($"{path}/mlp/gate", mapped, modulation.MlpGate));
    }

    private Value Attention(string path, string name, Value rows)
    {
        var width = _config.Width;
        var packed = _graph.Linear($"{path}/qkv", rows, $"{name}.qkv", width, 3 * width);
        var parts = _graph.Split($"{path}/qkv", _graph.Reshape($"{path}/qkv", packed, 1, _config.Horizon, 3 * width), 2, width, width, width);
        var attended = _graph.ContribNode(path, "MultiHeadAttention", parts, ["output"], Attribute("num_heads", _config.Heads))[0];
        return _graph.Linear($"{path}/proj", _graph.Reshape(path, attended, _config.Horizon, width), $"{name}.proj", width, width);
    }

    private Value Mlp(string path, string name, Value rows)
    {
        var hidden = _graph.Linear($"{path}/fc1", rows, $"{name}.fc1", _config.Width, _config.Hidden);
        var active = _graph.ContribNode($"{path}/act", "FastGelu", [hidden], ["output"])[0];
        return _graph.Linear($"{path}/fc2", active, $"{name}.fc2", _config.Hidden, _config.Width);
    }
}
