using DiVLA.Control.ModelBuilder.Graphs;
using DiVLA.Control.ModelBuilder.Onnx;
using DiVLA.Control.Policy.Bundle;

namespace DiVLA.Control.TestSupport.Plain;

/// <summary>One decoding step as the original writes it: a cache that grows by a position, plain attention over it, logits for the host to choose from.</summary>
internal sealed class PlainReasoning
{
    private readonly GraphBuilder _graph;
    private readonly DecoderShape _shape;
    private readonly double[][] _angles;
    private readonly int _past;

    private PlainReasoning(GraphBuilder graph, DecoderShape shape, double[] angles, int past) => (_graph, _shape, _angles, _past) = (graph, shape, [angles], past);

    /// <summary>Adds the step behind a number of earlier positions; the angles are those of its own.</summary>
    public static void Build(GraphBuilder graph, DecoderShape shape, double[] angles, int past) => new PlainReasoning(graph, shape, angles, past).Build();

    private void Build()
    {
        var token = _graph.Input("token", TensorDtype.I64, 1, 1);
        var rows = Qwen2Decoder.Embed(_graph, _shape, "/embed", _graph.Reshape("/embed", token, 1));
        for (var layer = 0; layer < _shape.Layers; layer++)
        {
            var (path, name) = ($"/layers.{layer}", $"model.layers.{layer}");
            rows = _graph.Add($"{path}/attn/sum", rows, Attention($"{path}/attn", $"{name}.self_attn", layer, Norm($"{path}/input_norm", $"{name}.input_layernorm", rows)));
            rows = _graph.Add($"{path}/mlp/sum", rows, Mlp($"{path}/mlp", $"{name}.mlp", Norm($"{path}/post_norm", $"{name}.post_attention_layernorm", rows)));
        }
        var hidden = Norm("/norm", "model.norm", rows);
        var logits = _graph.Gemm("/lm_head", hidden, _graph.Weight(_shape.HeadWeight, _shape.VocabSize, _shape.HiddenSize), Value.None);
        _graph.Output(hidden, "hidden", TensorDtype.F32, 1, _shape.HiddenSize);
        _graph.Output(logits, "logits", TensorDtype.F32, 1, _shape.VocabSize);
    }

    private Value Norm(string path, string name, Value rows) =>
        _graph.PlainRmsNorm(path, rows, _graph.Weight($"{name}.weight", _shape.HiddenSize), _shape.RmsNormEps);

    private Value Attention(string path, string name, int layer, Value rows)
    {
        Value Project(string part, int width) => _graph.Linear($"{path}/{part}", rows, $"{name}.{part}_proj", _shape.HiddenSize, width);
        Value Heads(string part, Value value, int heads) => _graph.Heads($"{path}/{part}", value, 1, heads, _shape.HeadDim);
        var queries = _graph.PlainRotate($"{path}/q_rotary", Heads("q", Project("q", _shape.QueryWidth), _shape.Heads), _angles);
        var keys = _graph.PlainRotate($"{path}/k_rotary", Heads("k", Project("k", _shape.KeyWidth), _shape.KeyValueHeads), _angles);
        var attended = _graph.PlainAttention(
            path,
            queries,
            Repeat($"{path}/k", Grow("keys", layer, keys)),
            Repeat($"{path}/v", Grow("values", layer, Heads("v", Project("v", _shape.KeyWidth), _shape.KeyValueHeads))),
            Value.None,
            1, _shape.Heads, _shape.HeadDim);
        return _graph.LinearNoBias($"{path}/o_proj", attended, $"{name}.o_proj", _shape.QueryWidth, _shape.HiddenSize);
    }

    // [kv_heads, past + 1, head_dim]: all of the cache is copied to make room for one position.
    private Value Grow(string part, int layer, Value added)
    {
        var past = _graph.Input($"past_{part}.{layer}", TensorDtype.F32, _shape.KeyValueHeads, _past, _shape.HeadDim);
        var grown = _graph.Concat($"/layers.{layer}/{part}", 1, past, added);
        var present = _graph.Node($"/layers.{layer}/{part}/present", "Identity", [grown]);
        _graph.Output(present, $"present_{part}.{layer}", TensorDtype.F32, _shape.KeyValueHeads, _past + 1, _shape.HeadDim);
        return grown;
    }

    private Value Repeat(string path, Value heads)
    {
        var repeats = _shape.Heads / _shape.KeyValueHeads;
        return _graph.Gather($"{path}/repeat", heads, _graph.Integers([.. Enumerable.Range(0, _shape.Heads).Select(head => (long)(head / repeats))]));
    }

    private Value Mlp(string path, string name, Value rows)
    {
        var gate = _graph.PlainGate($"{path}/gate", _graph.LinearNoBias($"{path}/gate", rows, $"{name}.gate_proj", _shape.HiddenSize, _shape.IntermediateSize), 1);
        var up = _graph.LinearNoBias($"{path}/up", rows, $"{name}.up_proj", _shape.HiddenSize, _shape.IntermediateSize);
        return _graph.LinearNoBias($"{path}/down", _graph.Mul($"{path}/gated", gate, up), $"{name}.down_proj", _shape.IntermediateSize, _shape.HiddenSize);
    }
}
